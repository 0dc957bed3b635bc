/*
key: procedure-statistics
label: {vi: "Thống kê giải quyết thủ tục", en: "Statistics of procedures"}
description: {vi: "Nhóm dưới 5 hồ sơ không được công bố.", en: "Groups of fewer than 5 are not published."}
dataset: procedure-statistics
schedule: on-change
*/
SELECT CAST(date_trunc('month', c.opened_on) AS DATE) AS month, c.procedure AS procedure,
       max(p.procedure_vi) AS procedure_vi, max(p.procedure_en) AS procedure_en, c.unit AS unit,
       CASE WHEN c.phase = 'done' THEN c.outcome ELSE 'open' END AS outcome, count(*) AS dossiers,
       CAST(sum(CASE WHEN c.on_time THEN 1 ELSE 0 END) AS BIGINT) AS on_time,
       CAST(sum(CASE WHEN c.online THEN 1 ELSE 0 END) AS BIGINT) AS online,
       CAST(sum(CASE WHEN c.digitised THEN 1 ELSE 0 END) AS BIGINT) AS digitised
FROM cases AS c
LEFT JOIN procedures AS p ON p.procedure = c.procedure
WHERE c.kind = 'dossier' AND NOT c.simulated
GROUP BY CAST(date_trunc('month', c.opened_on) AS DATE), c.procedure, c.unit,
         CASE WHEN c.phase = 'done' THEN c.outcome ELSE 'open' END
HAVING count(*) >= 5
