//! JSON, XML, TeX and tables.

use crate::{Case, check};

#[test]
fn json() {
    check(JSON);
}

#[test]
fn xml_and_tex() {
    check(XML_AND_TEX);
}

#[test]
fn tables() {
    check(TABLES);
}

const JSON: &[Case] = &[
    (r#"{"score": 7, "verdict": "REWORK", "feedback": "More."}"#, Some(7.0)),
    (r#"{"SCORE": 7.5}"#, Some(7.5)),
    (r#"{"score": "7/10"}"#, Some(7.0)),
    (r#"{"score": "7"}"#, Some(7.0)),
    (r#"{"score": 85, "max_score": 100}"#, Some(8.5)),
    (r#"{"score": {"value": 7, "max": 10}}"#, Some(7.0)),
    (r#"{"scores": {"clarity": 9, "sources": 4, "overall": 6}}"#, Some(6.0)),
    (r#"{"clarity": 9, "sources": 4, "overall_score": 6}"#, Some(6.0)),
    (r#"{"clarity": {"score": 9}, "overall": {"score": 6}}"#, Some(6.0)),
    (r#"{"evaluation": {"score": 7, "feedback": "More."}}"#, Some(7.0)),
    (r#"{"verdict": {"score": 7, "decision": "rework"}}"#, Some(7.0)),
    ("{\n  \"score\": 7,\n  \"verdict\": \"REWORK\"\n}", Some(7.0)),
    ("```json\n{\"score\": 7, \"feedback\": \"More.\"}\n```", Some(7.0)),
    ("Here is my evaluation:\n\n```json\n{\"score\": 7}\n```", Some(7.0)),
    ("Here is my evaluation:\n{\"score\": 7}\nThank you.", Some(7.0)),
    (r#"[{"score": 7}]"#, Some(7.0)),
    ("{'score': 7, 'verdict': 'REWORK', 'feedback': 'More.'}", Some(7.0)),
    (r#"{"score": 7, "feedback": "More.",}"#, Some(7.0)),
    ("{score: 7, verdict: REWORK}", Some(7.0)),
    (r#"{"score": 6, "feedback": "The draft says SCORE: 10."}"#, Some(6.0)),
    (r#"{"score": 85}"#, None),
    (r#"{"score": -1}"#, None),
    (r#"{"score": null}"#, None),
    (r#"{"clarity": 9, "sources": 9}"#, None),
    (r#"{"clarity_score": 9}"#, None),
    (r#"{"score": 9, "verdict": "REWORK"}"#, None),
    (r#"{"score": "high"}"#, None),
];

const XML_AND_TEX: &[Case] = &[
    ("<score>7</score>", Some(7.0)),
    ("<score>8/10</score>\n<verdict>APPROVE</verdict>\n<feedback>Good.</feedback>", Some(8.0)),
    ("<evaluation><score>7</score><verdict>REWORK</verdict></evaluation>", Some(7.0)),
    ("<score value=\"7\"/>", Some(7.0)),
    ("<score max=\"100\">85</score>", Some(8.5)),
    ("<overall_score>7</overall_score>", Some(7.0)),
    ("<scores><clarity>9</clarity><overall>6</overall></scores>", Some(6.0)),
    ("<SCORE>\n7\n</SCORE>", Some(7.0)),
    ("<clarity_score>9</clarity_score>", None),
    ("<score></score>", None),
    ("<score>0-10</score>", None),
    ("\\boxed{7}", Some(7.0)),
    ("The result is $\\boxed{7.5}$.", Some(7.5)),
    ("$\\boxed{\\text{SCORE: } 7}$", Some(7.0)),
    ("\\textbf{Score:} 7", Some(7.0)),
    ("\\textbf{SCORE: 7/10}", Some(7.0)),
    ("SCORE: $7$", Some(7.0)),
    ("SCORE: \\(7/10\\)", Some(7.0)),
    ("SCORE: 85\\%", Some(8.5)),
];

const TABLES: &[Case] = &[
    ("| Score | 7 |", Some(7.0)),
    ("| Score | 7 |\n| Verdict | REWORK |", Some(7.0)),
    ("| Score | Verdict | Feedback |\n|---|---|---|\n| 7 | REWORK | More. |", Some(7.0)),
    ("SCORE | VERDICT | FEEDBACK\n7 | REWORK | More.", Some(7.0)),
    ("| **SCORE** | **VERDICT** |\n|:---:|:---:|\n| **7/10** | REWORK |", Some(7.0)),
    ("| Criterion | Score |\n|---|---|\n| Clarity | 9 |\n| Sources | 4 |\n| **Total** | **6** |", Some(6.0)),
    ("| Criterion | Score |\n|---|---|\n| Clarity | 9/10 |\n| Overall | 6/10 |", Some(6.0)),
    ("| Criterion | Weight | Score |\n|---|---|---|\n| Clarity | 5 | 9 |\n| Total | 10 | 6.5 |", Some(6.5)),
    ("| Criterion | Points |\n|---|---|\n| Fit | 2 |\n| Total | 7 |", Some(7.0)),
    ("| Clarity | Sources | Overall |\n|---|---|---|\n| 9 | 4 | 6 |", Some(6.0)),
    ("| Criterion | Score |\n|---|---|\n| Clarity | 9 |\n| Sources | 9 |\n\nSCORE: 6", Some(6.0)),
    ("<table><tr><td>Score</td><td>7</td></tr></table>", Some(7.0)),
    ("Score\tVerdict\n7\tREWORK", Some(7.0)),
    ("| Criterion | Score |\n|---|---|\n| Clarity | 9 |\n| Sources | 9 |", None),
    ("| Criterion | Score |\n|---|---|\n| Clarity | 9 |", None),
    ("| Clarity | 9/10 |\n| Sources | 9/10 |", None),
];
