/*
key: report-statistics
label: {vi: "Thống kê phản ánh 1022", en: "Statistics of reports to 1022"}
description: {vi: "Nhóm dưới 5 phản ánh không được công bố.", en: "Groups of fewer than 5 are not published."}
dataset: report-statistics
schedule: on-change
*/
SELECT CAST(date_trunc('month', c.opened_on) AS DATE) AS month, c.category AS category,
       max(r.category_vi) AS category_vi, max(r.category_en) AS category_en, c.unit AS unit,
       CASE WHEN c.phase = 'done' THEN c.outcome ELSE 'open' END AS outcome, count(*) AS reports
FROM cases AS c
LEFT JOIN report_categories AS r ON r.category = c.category
WHERE c.procedure = 'report-1022' AND NOT c.simulated AND c.category IS NOT NULL
GROUP BY CAST(date_trunc('month', c.opened_on) AS DATE), c.category, c.unit,
         CASE WHEN c.phase = 'done' THEN c.outcome ELSE 'open' END
HAVING count(*) >= 5
