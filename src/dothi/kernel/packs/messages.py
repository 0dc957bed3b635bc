"""Every sentence the pack loader can say, in both languages."""

from __future__ import annotations

from typing import Final

from dothi.kernel.packs import flow_messages, procedure_messages, report_messages

MESSAGES: Final[dict[str, dict[str, str]]] = {
    # reading a file
    "no-folder": {
        "en": "there is no such folder. Give the folder that holds pack.yaml.",
        "vi": "không có thư mục này. Hãy chỉ tới thư mục chứa pack.yaml.",
    },
    "no-manifest": {
        "en": "pack.yaml is missing: every pack folder needs one with key, version, label, owner and quality.",
        "vi": "thiếu pack.yaml: mỗi thư mục gói cần một tệp này với key, version, label, owner và quality.",
    },
    "not-utf8": {
        "en": "the file is not UTF-8 text. Save it as UTF-8.",
        "vi": "tệp không phải văn bản UTF-8. Hãy lưu lại ở dạng UTF-8.",
    },
    "not-yaml": {
        "en": "this is not YAML: {error}.",
        "vi": "không phải YAML: {error}.",
    },
    "many-documents": {
        "en": "one file holds one declaration: remove the '---' that begins a second one.",
        "vi": "mỗi tệp chỉ chứa một khai báo: hãy bỏ dòng '---' mở đầu khai báo thứ hai.",
    },
    "empty": {"en": "the file is empty.", "vi": "tệp trống."},
    "duplicate-key": {
        "en": "the key is written twice; it was first written in line {line}. Keep one.",
        "vi": "khoá này được ghi hai lần; lần đầu ở dòng {line}. Hãy giữ lại một.",
    },
    "key-not-text": {
        "en": "a key must be text, not {found}. Put it in quotes.",
        "vi": "khoá phải là chữ, không phải {found}. Hãy đặt trong dấu nháy.",
    },
    "merge-key": {
        "en": "merge keys (<<) are not used here: write the fields out, or use an alias for the whole value.",
        "vi": "không dùng khoá gộp (<<): hãy ghi đủ các trường, hoặc dùng bí danh cho cả giá trị.",
    },
    "too-large": {
        "en": "the declaration has more than {limit} values. Split it.",
        "vi": "khai báo có hơn {limit} giá trị. Hãy tách ra.",
    },
    "stray-file": {
        "en": "nothing reads this file: a pack holds pack.yaml, README.md and the folders {folders}.",
        "vi": "không gì đọc tệp này: một gói gồm pack.yaml, README.md và các thư mục {folders}.",
    },
    # the form of a declaration
    "unknown-field": {
        "en": "there is no field '{field}' here. The fields are: {known}.",
        "vi": "ở đây không có trường '{field}'. Các trường là: {known}.",
    },
    "stray-comma": {
        "en": "'{text}' stands alone: inside {{ }} a comma begins the next field. Put the text that holds it in quotes.",
        "vi": "'{text}' đứng một mình: trong {{ }} dấu phẩy mở đầu trường kế tiếp. Hãy đặt đoạn chữ có dấu phẩy trong nháy.",
    },
    "missing-field": {
        "en": "the field '{field}' is missing.",
        "vi": "thiếu trường '{field}'.",
    },
    "wrong-kind": {
        "en": "expected {expected}, found {found}.",
        "vi": "cần {expected}, nhưng gặp {found}.",
    },
    "quote-it": {
        "en": "expected text, found {found}. Put it in quotes.",
        "vi": "cần chữ, nhưng gặp {found}. Hãy đặt trong dấu nháy.",
    },
    "not-a-choice": {
        "en": "'{value}' is not one of: {known}.",
        "vi": "'{value}' không thuộc: {known}.",
    },
    "wrong-form": {
        "en": "'{value}' does not have the right form. {form} It must match {pattern}",
        "vi": "'{value}' không đúng dạng. {form} Phải khớp {pattern}",
    },
    "wrong-value": {
        "en": "the value cannot be used: {error}.",
        "vi": "không dùng được giá trị này: {error}.",
    },
    # labels
    "empty-label": {
        "en": "the label is empty. Every name is given in Vietnamese and English.",
        "vi": "nhãn trống. Mọi tên phải có tiếng Việt và tiếng Anh.",
    },
    "label-spaces": {
        "en": "the label begins or ends with a space.",
        "vi": "nhãn bắt đầu hoặc kết thúc bằng dấu cách.",
    },
    "not-nfc": {
        "en": "the text is not in composed form (Unicode NFC), so search would miss it. Write it as in the suggestion.",
        "vi": "chữ không ở dạng dựng sẵn (Unicode NFC) nên tìm kiếm sẽ bỏ sót. Hãy viết như gợi ý.",
    },
    # attributes
    "unknown-unit": {
        "en": "'{unit}' is not a known UN/CEFACT unit code.",
        "vi": "'{unit}' không phải mã đơn vị UN/CEFACT đã biết.",
    },
    "unit-mismatch": {
        "en": "{shown} does not measure what {unit} measures, so one cannot be shown in the other.",
        "vi": "{shown} không đo cùng đại lượng với {unit} nên không đổi được.",
    },
    "unit-without-number": {
        "en": "only numbers have a unit; this value is {value}.",
        "vi": "chỉ số mới có đơn vị; giá trị này là {value}.",
    },
    "range-order": {
        "en": "the range ends ({max}) before it begins ({min}).",
        "vi": "khoảng kết thúc ({max}) trước khi bắt đầu ({min}).",
    },
    "range-without-number": {
        "en": "only numbers have a range; this value is {value}.",
        "vi": "chỉ số mới có khoảng giá trị; giá trị này là {value}.",
    },
    "duplicate-attribute": {
        "en": "the attribute '{key}' is declared twice.",
        "vi": "thuộc tính '{key}' được khai báo hai lần.",
    },
    "duplicate-choice": {
        "en": "the choice '{value}' is declared twice.",
        "vi": "lựa chọn '{value}' được khai báo hai lần.",
    },
    "choices-not-text": {
        "en": "only text has choices; this value is {value}.",
        "vi": "chỉ chữ mới có danh sách lựa chọn; giá trị này là {value}.",
    },
    "unknown-headline": {
        "en": "the headline '{headline}' is not one of the type's attributes.",
        "vi": "thuộc tính tiêu đề '{headline}' không có trong các thuộc tính của loại này.",
    },
    "unknown-icon": {
        "en": "'{icon}' is not a maki icon.",
        "vi": "'{icon}' không phải biểu tượng maki.",
    },
    # thresholds
    "threshold-empty": {
        "en": "the band holds no value: it goes from {from_} to below {below}.",
        "vi": "dải này không chứa giá trị nào: từ {from_} đến dưới {below}.",
    },
    "threshold-order": {
        "en": "the bands overlap: this one begins at {from_}, the one before it ends at {below}.",
        "vi": "các dải chồng nhau: dải này bắt đầu ở {from_}, dải trước kết thúc ở {below}.",
    },
    "threshold-gap": {
        "en": "no band holds the values from {below} to below {from_}. Bands follow each other without a gap.",
        "vi": "không dải nào chứa các giá trị từ {below} đến dưới {from_}. Các dải phải nối tiếp nhau.",
    },
    "threshold-open": {
        "en": "only the first band may lack 'from' and only the last may lack 'below'.",
        "vi": "chỉ dải đầu được thiếu 'from' và chỉ dải cuối được thiếu 'below'.",
    },
    "threshold-outside": {
        "en": "{value} is outside the range {min} to {max}.",
        "vi": "{value} nằm ngoài khoảng {min} đến {max}.",
    },
    "threshold-without-number": {
        "en": "only numbers have thresholds; this value is {value}. Text has choices with levels.",
        "vi": "chỉ số mới có ngưỡng; giá trị này là {value}. Chữ dùng lựa chọn kèm mức.",
    },
    "threshold-source": {
        "en": "say where the bands come from in 'thresholds_source' (a regulation, a study, or 'house rule, to be confirmed').",
        "vi": "hãy ghi nguồn của các dải trong 'thresholds_source' (quy chuẩn, nghiên cứu hoặc 'quy ước nội bộ, chờ xác nhận').",
    },
    "colour-outside-palette": {
        "en": "{colour} is not in the house palette ({palette}). Take one of them, or give the reason in 'colour_reason'.",
        "vi": "{colour} không có trong bảng màu chung ({palette}). Hãy chọn một màu trong đó, hoặc ghi lý do ở 'colour_reason'.",
    },
    "same-sign": {
        "en": "this band has the same colour, shape and label as the band before it: people could not tell them apart.",
        "vi": "dải này trùng màu, hình và nhãn với dải trước: người xem không phân biệt được.",
    },
    # models and packs
    "unknown-model": {
        "en": "'{type}' has no published model in the pack: add models/{type}.yaml (scripts/smart_data_models.py), or give the reason in 'extension'.",
        "vi": "'{type}' chưa có mô hình công bố trong gói: hãy thêm models/{type}.yaml (scripts/smart_data_models.py), hoặc ghi lý do ở 'extension'.",
    },
    "iri-differs": {
        "en": "the published model's IRI is {iri}.",
        "vi": "IRI của mô hình công bố là {iri}.",
    },
    "unknown-attribute": {
        "en": "'{key}' is not in the published model {type}. Correct the name, or give the reason in 'extension'.",
        "vi": "'{key}' không có trong mô hình công bố {type}. Hãy sửa tên, hoặc ghi lý do ở 'extension'.",
    },
    "not-an-extension": {
        "en": "'{key}' is in the published model {type}: remove 'extension'.",
        "vi": "'{key}' có trong mô hình công bố {type}: hãy bỏ 'extension'.",
    },
    "kind-differs": {
        "en": "the published model has {published}, this is {here}. Follow it, or give the reason in 'deviation'.",
        "vi": "mô hình công bố là {published}, ở đây là {here}. Hãy theo mô hình, hoặc ghi lý do ở 'deviation'.",
    },
    "key-differs-from-file": {
        "en": "the file is named {file}.yaml but declares '{key}'. Give both the same name.",
        "vi": "tệp tên {file}.yaml nhưng khai báo '{key}'. Hãy đặt cùng tên.",
    },
    "key-differs-from-folder": {
        "en": "the folder is named '{folder}' but its pack is '{key}'. Give both the same name.",
        "vi": "thư mục tên '{folder}' nhưng gói là '{key}'. Hãy đặt cùng tên.",
    },
    "duplicate-pack": {
        "en": "the pack '{key}' is also in {other}. Rename one.",
        "vi": "gói '{key}' cũng có ở {other}. Hãy đổi tên một gói.",
    },
    "duplicate-type": {
        "en": "the entity type '{key}' is also declared in {other}. A type is declared once.",
        "vi": "loại thực thể '{key}' cũng được khai báo ở {other}. Mỗi loại chỉ khai báo một lần.",
    },
    "duplicate-code": {
        "en": "the code '{value}' is in the list twice.",
        "vi": "mã '{value}' có hai lần trong danh sách.",
    },
    "unknown-parent": {
        "en": "the parent '{parent}' is not a code of this list.",
        "vi": "mã cha '{parent}' không có trong danh sách này.",
    },
    "unknown-pack": {
        "en": "there is no pack '{key}', neither among the built-in ones nor in pack_folder.",
        "vi": "không có gói '{key}', cả trong các gói có sẵn lẫn trong pack_folder.",
    },
    "unknown-requirement": {
        "en": "the pack requires '{key}', which is not there.",
        "vi": "gói cần '{key}' nhưng không có.",
    },
    "requirement-circle": {
        "en": "the packs require each other in a circle: {circle}.",
        "vi": "các gói cần nhau theo vòng tròn: {circle}.",
    },
    "quality-reasons": {
        "en": "quality '{quality}' needs its reasons in 'quality_reasons'.",
        "vi": "mức chất lượng '{quality}' cần lý do trong 'quality_reasons'.",
    },
    "unknown-term": {
        "en": "no published model or entity type of the pack has the term '{term}' as {iri}.",
        "vi": "không mô hình công bố hay loại thực thể nào của gói có thuật ngữ '{term}' là {iri}.",
    },
    # record types
    "not-a-schema": {
        "en": "this is not JSON Schema 2020-12: {error}.",
        "vi": "không phải JSON Schema 2020-12: {error}.",
    },
    "schema-not-object": {
        "en": "the schema of a record has type: object and its properties.",
        "vi": "lược đồ của hồ sơ phải có type: object và các properties.",
    },
    "schema-not-closed": {
        "en": "write additionalProperties: false, so that a misspelt property is refused and not kept.",
        "vi": "hãy ghi additionalProperties: false để thuộc tính viết sai bị từ chối thay vì được lưu.",
    },
    "schema-elsewhere": {
        "en": "'{target}' lies outside this file: refer to '#/$defs/…' only.",
        "vi": "'{target}' nằm ngoài tệp này: chỉ tham chiếu '#/$defs/…'.",
    },
    "unknown-property": {
        "en": "the schema has no property '{key}'.",
        "vi": "lược đồ không có thuộc tính '{key}'.",
    },
    "unknown-purpose": {
        "en": "the record type has no purpose '{key}'.",
        "vi": "loại hồ sơ không có mục đích '{key}'.",
    },
    "search-sensitive": {
        "en": "'{key}' is sensitive: its words must not find a record.",
        "vi": "'{key}' là dữ liệu nhạy cảm: không được dùng để tìm hồ sơ.",
    },
    "indexed-kind": {
        "en": "lists cannot be filtered by '{key}' ({kind}): only by texts, numbers, dates and true or false that are not sensitive.",
        "vi": "không lọc danh sách theo '{key}' ({kind}): chỉ lọc theo chữ, số, ngày, đúng/sai và không phải dữ liệu nhạy cảm.",
    },
    "indexed-many": {
        "en": "more than {most} properties are indexed: keep those people filter by.",
        "vi": "có hơn {most} thuộc tính được lập chỉ mục: hãy giữ những thuộc tính thật sự dùng để lọc.",
    },
    "name-constant": {
        "en": "the name of a record is made of its properties: '{{full_name}}'.",
        "vi": "tên hồ sơ được ghép từ các thuộc tính: '{{full_name}}'.",
    },
    "identifier-holders": {
        "en": "the identifier '{key}' must stand in exactly one property (x-identifier: {key}); it stands in {count}.",
        "vi": "mã định danh '{key}' phải nằm ở đúng một thuộc tính (x-identifier: {key}); hiện nằm ở {count}.",
    },
    "unknown-identifier": {
        "en": "there is no identifier '{key}' there.",
        "vi": "ở đó không có mã định danh '{key}'.",
    },
    "duplicate-purpose": {
        "en": "the purpose '{key}' is declared twice.",
        "vi": "mục đích '{key}' được khai báo hai lần.",
    },
    "no-purpose": {
        "en": "'{key}' is {sensitivity}, and no purpose under access lets anyone read it.",
        "vi": "'{key}' có mức {sensitivity} nhưng không mục đích nào trong access cho phép đọc.",
    },
    "migration-steps": {
        "en": "version {version} needs one step under migrations to each version from 2 to it, in order.",
        "vi": "phiên bản {version} cần một bước trong migrations tới mỗi phiên bản từ 2 đến nó, theo thứ tự.",
    },
    "duplicate-record-type": {
        "en": "the record type '{key}' is also declared in {other}. A type is declared once.",
        "vi": "loại hồ sơ '{key}' cũng được khai báo ở {other}. Mỗi loại chỉ khai báo một lần.",
    },
    "unknown-code-list": {
        "en": "there is no code list '{key}' in this pack or those it requires.",
        "vi": "không có danh mục '{key}' trong gói này hay các gói nó cần.",
    },
    "unknown-register": {
        "en": "there is no record type '{key}'.",
        "vi": "không có loại hồ sơ '{key}'.",
    },
    # samples
    "no-sample": {
        "en": "the entity type '{key}' has no sample under samples/. Add one entity of this type.",
        "vi": "loại thực thể '{key}' chưa có mẫu trong samples/. Hãy thêm một thực thể loại này.",
    },
    "sample-type": {
        "en": "the sample is of type '{type}', which no pack declares.",
        "vi": "mẫu thuộc loại '{type}', không gói nào khai báo.",
    },
    "sample-attribute": {
        "en": "the sample has '{key}', which {type} does not declare.",
        "vi": "mẫu có '{key}' mà {type} không khai báo.",
    },
    "sample-value": {
        "en": "the sample's value {value} cannot be a value of '{key}': it has another kind, another unit, or lies outside the range or choices.",
        "vi": "giá trị mẫu {value} không thể là giá trị của '{key}': khác kiểu, khác đơn vị, hoặc ngoài khoảng hay danh sách cho phép.",
    },
    "sample-provenance": {
        "en": "a sample says what it is: give it provenance 'simulated'.",
        "vi": "mẫu phải nói rõ nó là gì: hãy ghi provenance 'simulated'.",
    },
    "sample-form": {
        "en": "a sample is one NGSI-LD entity (an object with id, type and attributes) or a list of them.",
        "vi": "mẫu là một thực thể NGSI-LD (đối tượng có id, type và thuộc tính) hoặc một danh sách.",
    },
    "not-json": {"en": "this is not JSON: {error}.", "vi": "không phải JSON: {error}."},
    **flow_messages.MESSAGES,
    **report_messages.MESSAGES,
    **procedure_messages.MESSAGES,
}

# What stands inside a sentence and is not a name: English → Vietnamese.
WORDS: Final[dict[str, str]] = {
    "text": "chữ",
    "true or false": "true hoặc false",
    "a whole number": "một số nguyên",
    "a number": "một số",
    "a mapping (field: value)": "các cặp trường: giá trị",
    "a list": "một danh sách",
    "a list or mapping": "một danh sách hoặc các cặp trường: giá trị",
    "nothing": "không có gì",
    "of any value": "giá trị bất kỳ",
    "A name in the field's own words.": "Tên bằng chữ không dấu, bắt đầu bằng chữ cái.",
    "For example '15 minutes'.": "Ví dụ '15 minutes'.",
    **flow_messages.WORDS,
    **procedure_messages.WORDS,
}
