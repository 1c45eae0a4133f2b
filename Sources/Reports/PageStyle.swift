/// The look of a report.
enum PageStyle {
  static let css = """

    :root{--ink:#1d2733;--muted:#5c6875;--line:#dfe4ea;--page:#f6f7f9;--panel:#fff;--good:#1c6b3f;--bad:#a3341f}
    @media (prefers-color-scheme:dark){:root{--ink:#e6eaef;--muted:#9aa6b2;--line:#2c343d;--page:#12161b;
    --panel:#1a2027;--good:#74cf9d;--bad:#f09a86}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--page);color:var(--ink);font:15px/1.55 system-ui,sans-serif}
    main{max-width:1120px;margin:0 auto;padding:40px 24px 64px}
    h1{font-size:26px;line-height:1.25;margin:0;overflow-wrap:anywhere}
    h2{font-size:17px;margin:0 0 12px}
    section{margin-top:32px}
    .kind{margin:0 0 4px;color:var(--muted)}
    .detail,figcaption{color:var(--muted);font-size:13px}
    .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin-top:24px}
    .card,.plots figure,.wide,pre{background:var(--panel);border:1px solid var(--line);border-radius:8px}
    .card{padding:14px 16px;display:flex;flex-direction:column}
    .name{color:var(--muted);font-size:13px}
    .value{font-size:22px;font-weight:600;line-height:1.35;font-variant-numeric:tabular-nums}
    .plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,460px),1fr));gap:12px}
    figure{margin:0}
    .plots figure{padding:12px}
    .verdict p{margin:0 0 8px}
    .verdict strong{font-size:17px;font-weight:600}
    .pictures{margin-top:12px;display:flex;flex-wrap:wrap;gap:16px;align-items:flex-start}
    .pictures img{display:block;max-width:100%;border:1px solid var(--line);border-radius:8px;
    image-rendering:pixelated}
    .pictures figure{max-width:min(100%,528px)}
    .pictures figcaption{margin-top:4px}
    .drawing{width:528px}
    .drawing img{width:100%;background:var(--panel);padding:12px;image-rendering:auto}
    .wide{overflow-x:auto}
    table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
    th,td{padding:9px 16px;text-align:right;white-space:nowrap;border-top:1px solid var(--line)}
    thead th{border-top:0;color:var(--muted);font-weight:500;font-size:13px}
    th:first-child{text-align:left;font-weight:500}
    thead th{white-space:normal}
    .many th,.many td{padding:9px 10px;white-space:normal}
    .many th:first-child{min-width:120px}
    @media print{.wide{overflow:visible}}
    .model{font-weight:700}
    .better{color:var(--good)}
    .worse{color:var(--bad)}
    pre{margin:12px 0 0;padding:14px 16px;overflow-x:auto;font:13px/1.5 ui-monospace,monospace}
    summary{cursor:pointer;font-size:17px;font-weight:600}
    ul{margin:0;padding-left:20px}

    """
}
