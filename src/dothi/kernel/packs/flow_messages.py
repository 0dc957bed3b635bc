"""What the loader says of declared datasets, sources and pipelines, in both languages."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, dict[str, str]]] = {
    "no-front-matter": {
        "en": "a model begins with its declaration as YAML in a comment: /* key: …, label: …, dataset: … */, then the SELECT.",
        "vi": "tệp mô hình bắt đầu bằng khai báo YAML trong chú thích: /* key: …, label: …, dataset: … */, rồi tới SELECT.",
    },
    "sql-twice": {
        "en": "the query stands behind the comment: remove the field 'sql'.",
        "vi": "câu truy vấn nằm sau chú thích: hãy bỏ trường 'sql'.",
    },
    "duplicate-column": {
        "en": "the column '{column}' is declared twice.",
        "vi": "cột '{column}' được khai báo hai lần.",
    },
    "unknown-column": {
        "en": "the dataset has no column '{column}'.",
        "vi": "bộ dữ liệu không có cột '{column}'.",
    },
    "not-a-box": {
        "en": "a box is west, south, east, north in degrees: four numbers in this order.",
        "vi": "khung gồm tây, nam, đông, bắc theo độ: bốn số đúng thứ tự này.",
    },
    "check-kinds": {
        "en": "a check has exactly one of: {known}. Given: {given}.",
        "vi": "mỗi phép kiểm có đúng một trong: {known}. Đang có: {given}.",
    },
    "source-kinds": {
        "en": "a source has exactly one of: {known}. Given: {given}.",
        "vi": "mỗi nguồn có đúng một trong: {known}. Đang có: {given}.",
    },
    "values-or-codes": {
        "en": "write either 'values' or the key of a code list in 'codes'.",
        "vi": "hãy ghi 'values', hoặc khoá của một danh mục ở 'codes'.",
    },
    "range-open": {
        "en": "a range needs 'min' or 'max'.",
        "vi": "khoảng cần 'min' hoặc 'max'.",
    },
    "reference-lengths": {
        "en": "'columns' and 'to' name the same number of columns.",
        "vi": "'columns' và 'to' phải có cùng số cột.",
    },
    "not-a-schedule": {
        "en": "'{value}' is not a schedule: write once, on-change, manual, or five cron fields like '0 2 * * *' ({error}).",
        "vi": "'{value}' không phải lịch chạy: hãy ghi once, on-change, manual, hoặc năm trường cron như '0 2 * * *' ({error}).",
    },
    "source-on-change": {
        "en": "only pipelines run when their input changes: give a source a cron expression, 'once' or 'manual'.",
        "vi": "chỉ đường ống chạy khi đầu vào đổi: hãy ghi cho nguồn một biểu thức cron, 'once' hoặc 'manual'.",
    },
    "table-or-query": {
        "en": "name either a 'table' or a 'query'.",
        "vi": "hãy ghi 'table' hoặc 'query', một trong hai.",
    },
    "unknown-timezone": {
        "en": "there is no time zone '{zone}'.",
        "vi": "không có múi giờ '{zone}'.",
    },
    "incremental-replace": {
        "en": "a source that brings only what is new cannot replace what is there: write mode: upsert or append.",
        "vi": "nguồn chỉ đem phần mới thì không thể thay toàn bộ: hãy ghi mode: upsert hoặc append.",
    },
    "no-since": {
        "en": "an incremental model asks for what is new with :since, which is not in its SQL.",
        "vi": "mô hình tăng dần hỏi phần mới bằng :since, nhưng SQL không có.",
    },
    "unknown-dataset": {
        "en": "no pack declares the dataset '{key}'.",
        "vi": "không gói nào khai báo bộ dữ liệu '{key}'.",
    },
    "two-writers": {
        "en": "the dataset '{key}' is written by {other} already: each has one writer.",
        "vi": "bộ dữ liệu '{key}' đã do {other} ghi: mỗi bộ chỉ có một nơi ghi.",
    },
    "duplicate-flow": {
        "en": "'{key}' is also declared in {other}. Rename one.",
        "vi": "'{key}' cũng được khai báo trong {other}. Hãy đổi tên một cái.",
    },
    "upsert-without-key": {
        "en": "upsert needs to know which rows are the same: give the dataset '{key}' its key_columns.",
        "vi": "upsert cần biết những dòng nào là một: hãy ghi key_columns cho bộ dữ liệu '{key}'.",
    },
    "not-sql": {
        "en": "the query cannot be read: {error}",
        "vi": "không đọc được câu truy vấn: {error}",
    },
    "not-a-select": {
        "en": "a model is one SELECT (with WITH and UNION as needed), nothing else.",
        "vi": "mô hình là một câu SELECT (có thể dùng WITH và UNION), không gì khác.",
    },
    "unknown-table": {
        "en": "no pack declares a dataset for the table '{table}'. A dataset made elsewhere is named in 'uses'.",
        "vi": "không gói nào khai báo bộ dữ liệu cho bảng '{table}'. Bộ dữ liệu tạo ở nơi khác ghi trong 'uses'.",
    },
    "model-circle": {
        "en": "the models read each other in a circle: {circle}.",
        "vi": "các mô hình đọc lẫn nhau theo vòng tròn: {circle}.",
    },
}

# What stands inside a sentence and is not a name: English → Vietnamese.
WORDS: Final[dict[str, str]] = {
    "Small letters, digits and single hyphens.": "Chữ thường không dấu, chữ số và dấu gạch nối đơn.",
    "Small letters, digits and low lines only.": "Chỉ chữ thường không dấu, chữ số và gạch dưới.",
}
