"""What each setting means, in Vietnamese; the English is in its declaration (``core.config``)."""

from __future__ import annotations

VIETNAMESE = {
    "home": "Thư mục dữ liệu: cơ sở dữ liệu, khóa bí mật, nhật ký, bản sao lưu.",
    "port": "Cổng duy nhất phục vụ mọi thứ.",
    "bind": "Địa chỉ lắng nghe. Mọi địa chỉ khác loopback đều mở ra mạng.",
    "public_url": "Địa chỉ mà mọi người truy cập nền tảng, khi khác với bind và port (sau một proxy).",
    "allowed_hosts": "Các tên máy khác được trả lời, cách nhau bằng dấu phẩy.",
    "database_url": "PostgreSQL để lưu tất cả. Để trống: tệp SQLite trong thư mục dữ liệu.",
    "bus_url": "NATS có JetStream làm kênh thông điệp. Để trống: kênh nhúng sẵn.",
    "mqtt_url": "Máy chủ MQTT để nhận thực thể. Để trống: không dùng.",
    "context_access": "Ai được dùng API NGSI-LD: người có mã truy cập, hoặc bất kỳ ai ('open', chỉ có hiệu lực khi lắng nghe trên loopback).",
    "context_default": "Tên dùng trong một yêu cầu NGSI-LD không kèm @context: của các gói và tên lõi, hoặc chỉ tên lõi (đúng câu chữ tiêu chuẩn).",
    "context_hosts": "Các máy (host hoặc host:port) được phép tải tài liệu @context về, cách nhau bằng dấu phẩy. Để trống: không tải gì.",
    "log_days": "Số ngày giữ nhật ký sự kiện của các quyết định sau khi mọi bộ xử lý đã đọc.",
    "language": "Ngôn ngữ của lần ghé thăm đầu tiên.",
    "basemap_style": "Kiểu MapLibre của bản đồ nền trực tuyến. Để trống: không tải gì.",
    "log_format": "Cách ghi các dòng nhật ký.",
    "log_level": "Mức thấp nhất của các dòng nhật ký được ghi.",
    "city": "Mã đơn vị hành chính mà bản cài đặt này phục vụ (79: Thành phố Hồ Chí Minh).",
    "packs": "Các gói được nạp, theo thứ tự.",
    "pack_folder": "Thư mục chứa các gói riêng của bạn.",
    "simulate": "Bộ mô phỏng có điền dữ liệu lên bản đồ khi chưa nối nguồn nào hay không.",
    "shared": "Thư mục dữ liệu thật (tùy chọn) dùng khi kiểm thử và chạy thử tại chỗ.",
}
