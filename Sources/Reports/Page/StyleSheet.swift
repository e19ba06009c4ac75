/// How a page looks: on a desk, on a phone, on paper, in the dark.
enum StyleSheet {
  static let text = """
    :root {
      --ink: #1c2430; --soft: #5a6675; --paper: #ffffff; --panel: #f4f6f8; --line: #d9dee4;
      --pass: #1d7f45; --fail: #b9283c; --open: #96640a;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ink: #e4e8ed; --soft: #9aa6b4; --paper: #14181d; --panel: #1d232a; --line: #343c46;
        --pass: #5cc487; --fail: #ff7d8a; --open: #e8b34a;
      }
    }
    @media print {
      :root {
        --ink: #000; --soft: #444; --paper: #fff; --panel: #fff; --line: #bbb;
        --pass: #14602f; --fail: #98142a; --open: #74500a;
      }
    }
    * { box-sizing: border-box }
    body {
      margin: 0; background: var(--paper); color: var(--ink);
      font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif;
    }
    main { max-width: 1000px; margin: 0 auto; padding: 20px 20px 60px }
    article + article { margin-top: 60px; border-top: 4px solid var(--line); padding-top: 20px }
    h1 { font-size: 26px; line-height: 1.2; margin: 0 0 4px; overflow-wrap: anywhere }
    h2 { font-size: 18px; margin: 36px 0 8px; padding-top: 10px; border-top: 1px solid var(--line) }
    h3 { font-size: 15px; margin: 18px 0 6px }
    p { margin: 6px 0; max-width: 78ch }
    .strip, .note, figcaption, caption { color: var(--soft); font-size: 13px }
    .strip { overflow-wrap: anywhere }
    .verdict {
      margin: 16px 0; padding: 12px 16px; background: var(--panel);
      border-left: 6px solid var(--soft); font-size: 17px;
    }
    .verdict.pass { border-color: var(--pass) }
    .verdict.fail { border-color: var(--fail) }
    .verdict.inconclusive { border-color: var(--open) }
    .pass b, b.pass { color: var(--pass) }
    .fail b, b.fail { color: var(--fail) }
    .inconclusive b, b.inconclusive { color: var(--open) }
    .answers {
      display: grid; grid-template-columns: repeat(auto-fit, minmax(260px, 1fr)); gap: 10px; margin: 0;
    }
    .answers div { background: var(--panel); padding: 10px 14px }
    .answers dt { color: var(--soft); font-size: 13px }
    .answers dd { margin: 2px 0 0; overflow-wrap: anywhere }
    .answers dd strong { font-size: 19px; font-weight: 600; display: block }
    .scroll { overflow-x: auto; margin: 10px 0 }
    table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums }
    th, td { padding: 4px 14px 4px 0; text-align: right; vertical-align: top;
      border-bottom: 1px solid var(--line) }
    thead th { color: var(--soft); font-weight: 500; font-size: 13px; white-space: nowrap }
    th:first-child, td.words { text-align: left; font-weight: normal; overflow-wrap: anywhere }
    th:first-child { min-width: 7em; max-width: 18em }
    td { white-space: nowrap }
    td.words { white-space: normal; min-width: 15em }
    .gates th:last-child { text-align: left }
    .gates th:first-child { min-width: 9em }
    .bar { display: inline-block; width: 110px; height: 10px; background: var(--line); position: relative }
    .bar i { position: absolute; left: 0; top: 0; bottom: 0; background: var(--pass) }
    .bar.fail i { background: var(--fail) }
    .bar.inconclusive i { background: var(--open) }
    figure { margin: 14px 0 20px; break-inside: avoid }
    figcaption { margin-bottom: 4px; max-width: 78ch }
    .vega { width: 100%; min-height: 40px }
    .vega svg { max-width: 100%; height: auto; display: block }
    details summary { cursor: pointer; color: var(--soft); font-size: 13px }
    pre {
      background: var(--panel); padding: 10px 14px; overflow-x: auto; font-size: 13px;
      white-space: pre-wrap; overflow-wrap: anywhere;
    }
    code { font-size: 13px; overflow-wrap: anywhere }
    ul { padding-left: 20px; margin: 6px 0; max-width: 78ch }
    @media (max-width: 600px) {
      main { padding: 12px 12px 40px }
      h1 { font-size: 22px }
      th, td { padding-right: 10px }
    }
    @media print {
      body { font-size: 11pt }
      main { max-width: none; padding: 0 }
      details:not([open]) { display: none }
      .bar { display: none }
      td { white-space: normal }
      h2 { break-after: avoid }
      tr { break-inside: avoid }
    }
    """
}
