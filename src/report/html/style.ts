/** Style of the report: one page that reads on screen and prints well, without anything from elsewhere. */
export const style = `
:root{color-scheme:light}
body{font:14px/1.5 system-ui,sans-serif;color:#16202a;background:#fff;margin:0 auto;padding:24px;max-width:1060px;font-variant-numeric:tabular-nums}
h1{font-size:22px;margin:0 0 4px}h2{font-size:16px;margin:28px 0 8px;border-bottom:1px solid #dde3e7;padding-bottom:4px}h3{font-size:14px;margin:16px 0 4px}
p{margin:4px 0}.muted{color:#56636e}.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:12px;width:100%}th,td{padding:3px 8px;border-bottom:1px solid #dde3e7;text-align:left;vertical-align:top}
th{background:#f3f5f6;font-weight:600}td.n,th.n{text-align:right;white-space:nowrap}td.name{overflow-wrap:anywhere}
.worse{color:#b3372a}.mark{display:inline-block;font-size:11px;border:1px solid #c99a2e;background:#fff3d6;color:#6b4600;border-radius:3px;padding:0 4px;margin-left:4px}
svg{max-width:100%;height:auto;display:block;margin:8px 0}pre{font-size:11px;background:#f7f9fa;border:1px solid #dde3e7;padding:8px;white-space:pre-wrap;overflow-wrap:anywhere}
ul{margin:4px 0;padding-left:20px}
.key{display:inline-block;vertical-align:-2px;margin:0 4px 0 0}
@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark}body{background:#0d1114;color:#e3e9ec}h2{border-color:#2a343b}.muted{color:#9aa8b2}th{background:#1a2126}th,td{border-color:#2a343b}.worse{color:#f08a7c}.mark{background:#3a2e10;color:#f2cf7a;border-color:#7a5f1c}pre{background:#14191d;border-color:#2a343b}svg{filter:invert(1) hue-rotate(180deg);border-radius:6px}svg.key{border-radius:0}}
@media print{body{padding:0;max-width:none;font-size:11px}h2,h3{break-after:avoid}tr,svg{break-inside:avoid}thead{display:table-header-group}.wide{overflow:visible}table{font-size:9.5px}}
`;
