/** The report's look, light and dark. Every pair of text and ground has a contrast of 4.5 or more. */
export const reportStyle = `
:root {
  --ground: #f6f3ee; --card: #fffdfa; --ink: #1f1b24; --soft: #625b69; --line: #e4ddd3; --accent: #9c3f1f;
  --good: #1d5c3f; --good-ground: #dff0e5; --bad: #8e2420; --bad-ground: #fbe6e2; --hole: #ece6dc;
  --shadow: 0 1px 2px rgb(60 40 20 / .06), 0 10px 30px -14px rgb(60 40 20 / .2);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #151318; --card: #1e1b22; --ink: #f1ecf4; --soft: #aea5b6; --line: #35303c; --accent: #f2a07f;
    --good: #8fdcb0; --good-ground: #1c3a2a; --bad: #ffb3a8; --bad-ground: #43211f; --hole: #2a262f;
    --shadow: none;
  }
}
* { box-sizing: border-box; margin: 0 }
body { background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", "Liberation Sans", sans-serif }
header, main, footer { max-width: 1240px; margin: 0 auto; padding: 0 clamp(16px, 4vw, 40px) }
header { padding-top: 56px }
.skip { position: absolute; left: -999px }
.skip:focus { left: 16px; top: 16px; background: var(--card); padding: 8px 14px; border-radius: 8px }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
code { font: .92em ui-monospace, "SF Mono", "Liberation Mono", monospace; overflow-wrap: anywhere }
.eyebrow { color: var(--accent); font-weight: 600; letter-spacing: .01em }
h1 { font: 700 clamp(32px, 5vw, 52px)/1.08 Georgia, "Liberation Serif", serif; letter-spacing: -.015em; margin: 8px 0 6px; text-wrap: balance }
.when { color: var(--soft) }
.totals { display: grid; grid-template-columns: repeat(auto-fit, minmax(190px, 1fr)); margin: 32px 0 8px; background: var(--card); border: 1px solid var(--line); border-radius: 18px; box-shadow: var(--shadow); overflow: hidden }
.totals div { padding: 20px 24px; box-shadow: -1px -1px 0 var(--line) }
dt { color: var(--soft); font-size: 13px }
.totals dd { font: 700 30px/1.2 Georgia, "Liberation Serif", serif; font-variant-numeric: tabular-nums }
.totals small { display: block; font: 400 13.5px/1.4 system-ui, "Liberation Sans", sans-serif; color: var(--soft); margin-top: 4px }
h2 { font: 700 26px/1.2 Georgia, "Liberation Serif", serif; margin: 44px 0 16px; display: flex; align-items: center; gap: 10px }
.count { font: 600 14px/1 system-ui, "Liberation Sans", sans-serif; color: var(--soft); border: 1px solid var(--line); border-radius: 99px; padding: 5px 10px }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 480px), 1fr)); gap: 24px }
article { background: var(--card); border: 1px solid var(--line); border-radius: 18px; box-shadow: var(--shadow); padding: 20px; display: flex; flex-direction: column; gap: 14px }
.top { display: flex; justify-content: space-between; align-items: start; gap: 12px }
h3 { font-size: 18px; line-height: 1.3; overflow-wrap: anywhere }
.state { font-size: 13px; font-weight: 600; padding: 3px 11px; border-radius: 99px; color: var(--good); background: var(--good-ground); white-space: nowrap }
.failed .state { color: var(--bad); background: var(--bad-ground) }
blockquote { color: var(--soft); overflow-wrap: anywhere; white-space: pre-line }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 12px }
figure, .figure { min-width: 0 }
img, .none { display: block; width: 100%; aspect-ratio: 1; border-radius: 12px; background: var(--hole) }
img { object-fit: contain; height: auto }
.none { display: grid; place-items: center; color: var(--soft); font-size: 14px; padding: 16px; text-align: center; border: 1.5px dashed var(--line) }
figcaption { display: flex; justify-content: space-between; gap: 8px; font-size: 13px; font-weight: 600; padding: 7px 2px 0 }
figcaption span { color: var(--soft); font-weight: 400 }
.facts { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 12px; border-top: 1px solid var(--line); padding-top: 14px; margin-top: auto; font-size: 14px }
.facts .wide { grid-column: 1 / -1 }
.facts dd { font-variant-numeric: tabular-nums }
.trouble { background: var(--bad-ground); color: var(--bad); border-radius: 12px; padding: 14px 16px; font-size: 15px; display: grid; gap: 6px; overflow-wrap: anywhere }
.trouble strong { margin-right: 6px }
nav.pages { max-width: 1240px; margin: 0 auto; padding: 24px clamp(16px, 4vw, 40px) 0; display: flex; flex-wrap: wrap; gap: 10px; align-items: center; color: var(--soft); font-variant-numeric: tabular-nums }
nav.pages a, nav.pages b { padding: 4px 11px; border: 1px solid var(--line); border-radius: 99px; background: var(--card); color: var(--accent); text-decoration: none }
nav.pages b { color: var(--ink); background: var(--hole) }
nav.index { max-width: 1240px; margin: 0 auto; padding: 16px clamp(16px, 4vw, 40px) 0 }
nav.index summary { cursor: pointer; color: var(--soft); font-size: 14px }
nav.index ol { list-style: none; padding: 10px 0 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 230px), 1fr)); gap: 2px 20px; font-size: 14px; font-variant-numeric: tabular-nums }
nav.index a { color: var(--accent) }
nav.index .bad { color: var(--bad) }
.empty { color: var(--soft); padding: 44px 0 }
footer { color: var(--soft); font-size: 14px; padding-top: 36px; padding-bottom: 56px }
@media print { body { background: none } article { break-inside: avoid; box-shadow: none } }
`
