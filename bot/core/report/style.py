"""How the page of a report looks: light and dark, from a phone to a wide screen, and on paper."""

STYLE = """
:root{--page:#f6f7f9;--card:#fff;--ink:#1b2430;--soft:#5b6675;--line:#dfe4ea;--good:#14808a;--bad:#c8443a;
--unsure:#b9c0ca;--warn:#9a6700;--mark:#fff1c2}
@media (prefers-color-scheme:dark){:root{--page:#12161c;--card:#1b212a;--ink:#e8ecf1;--soft:#9aa6b5;--line:#2d3643;
--good:#3fb6bf;--bad:#f0776c;--unsure:#566171;--warn:#e3b341;--mark:#4d4016}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);line-height:1.55;word-break:keep-all;overflow-wrap:anywhere;
font-family:Pretendard,"Apple SD Gothic Neo","Malgun Gothic","Noto Sans KR","Noto Sans CJK KR","NanumGothic",sans-serif}
main{max-width:960px;margin:0 auto;padding:24px 16px 48px}
header h1{margin:0;font-size:1.6rem}
.facts,.note,figcaption,small{color:var(--soft)}
.facts{margin:.2rem 0 1rem;font-size:.9rem}
.note{margin:.2rem 0 .8rem;font-size:.9rem}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:16px;margin:0 0 16px}
h2{margin:0 0 .3rem;font-size:1.15rem}
h3{margin:1.2rem 0 .4rem;font-size:1rem}
h4{margin:0 0 .4rem;font-size:1rem}
.tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:12px;margin:0 0 14px}
.tile dt{color:var(--soft);font-size:.85rem}
.tile dd{margin:0;font-size:1.7rem;font-weight:700;font-variant-numeric:tabular-nums}
dd.positive{color:var(--good)}dd.negative{color:var(--bad)}dd.warn{color:var(--warn)}
svg{display:block;overflow:visible}
svg.bar{border-radius:4px;overflow:hidden;background:var(--line)}
svg text{fill:var(--soft);font-size:12px}
rect.positive{fill:var(--good)}rect.negative{fill:var(--bad)}rect.unsure{fill:var(--unsure)}
.grid{stroke:var(--line)}.trend{stroke:var(--good);stroke-width:2}.dot{fill:var(--good)}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;list-style:none;margin:.6rem 0 0;padding:0;font-size:.9rem}
.legend i{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:6px}
i.positive{background:var(--good)}i.negative{background:var(--bad)}i.unsure{background:var(--unsure)}
.rows{display:grid;gap:8px}
.row{display:grid;grid-template-columns:6.5rem 1fr 3.4rem 3.2rem;gap:10px;align-items:center}
.row .figure{text-align:right;font-weight:600;font-variant-numeric:tabular-nums}
.row small{text-align:right;font-variant-numeric:tabular-nums}
.cards{columns:2;column-gap:16px}
article{break-inside:avoid;border-top:1px solid var(--line);padding:12px 0}
figure{margin:0 0 .6rem}figcaption{font-size:.8rem}
.quotes{list-style:none;margin:0 0 .4rem;padding:0}
.quotes li{border-left:3px solid var(--line);padding:2px 0 2px 10px;margin:0 0 8px}
.quotes.positive li{border-color:var(--good)}.quotes.negative li{border-color:var(--bad)}
.quotes.warn li{border-color:var(--warn)}
.quotes time{white-space:nowrap}
q{quotes:none}
mark{background:var(--mark);color:inherit;border-radius:3px;padding:0 2px}
.stars{color:var(--warn);letter-spacing:1px;white-space:nowrap}
.reason{border:1px solid var(--line);border-radius:999px;padding:0 8px;white-space:nowrap}
details{margin-top:.6rem}summary{cursor:pointer;color:var(--soft);font-size:.9rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{padding:4px 8px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th:first-child{text-align:left}
footer{color:var(--soft);font-size:.85rem}
footer p{margin:.2rem 0}
@media (max-width:640px){main{padding:16px 10px 32px}.tiles{grid-template-columns:repeat(2,1fr)}.cards{columns:1}
.row{grid-template-columns:5.4rem 1fr 3rem 2.6rem;gap:8px}.tile dd{font-size:1.4rem}}
@media print{body{background:#fff}section{break-inside:avoid;border:0;padding:0}}
""".strip().replace("\n", "")
