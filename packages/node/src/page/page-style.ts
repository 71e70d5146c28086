/** The page's style: one column on a phone, system fonts, light and dark. */
export const pageStyle = `
:root {
  --bg: #f6f7f9; --card: #fff; --text: #16191d; --dim: #667080; --rule: #e3e6ea;
  --good: #18794e; --busy: #9a6700; --bad: #c6283d; --accent: #2b62d9;
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #101317; --card: #191d23; --text: #e7eaee; --dim: #96a0ad; --rule: #2b313a;
    --good: #4cc38a; --busy: #e2b93d; --bad: #ff6b7a; --accent: #7aa2ff;
  }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--bg); color: var(--text); font: 15px/1.45 system-ui, sans-serif }
main { max-width: 60rem; margin: 0 auto; padding: .75rem; display: grid; gap: .75rem }
header, section { background: var(--card); border: 1px solid var(--rule); border-radius: .6rem; padding: .8rem 1rem; min-width: 0 }
header { border-left: .4rem solid var(--good) }
header.busy { border-left-color: var(--busy) }
header.bad { border-left-color: var(--bad) }
h1 { font-size: 1.3rem; margin: 0 }
h2 { font-size: 1rem; margin: 0 0 .5rem }
small, .dim { color: var(--dim) }
p { margin: .4rem 0 0; overflow-wrap: anywhere }
header ul { margin: .4rem 0 0; padding-left: 1.2rem }
code { font: .9em ui-monospace, monospace }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(6rem, 1fr)); gap: .5rem; margin: 0 }
dt { color: var(--dim); font-size: .85rem }
dd { margin: 0; font-size: 1.35rem; font-variant-numeric: tabular-nums }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; white-space: nowrap }
th { text-align: left; color: var(--dim); font-weight: 500; font-size: .85rem }
th, td { padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--rule) }
tr:last-child td { border-bottom: 0 }
.chip { display: inline-block; border: 1px solid currentColor; border-radius: 1rem; padding: 0 .55rem; font-size: .85rem; margin: .1rem 0 }
.good { color: var(--good) } .busy { color: var(--busy) } .bad { color: var(--bad) }
header.good, header.busy, header.bad { color: inherit }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(15rem, 100%), 1fr)); gap: 1rem }
figure { margin: 0 }
figcaption { display: flex; justify-content: space-between }
svg { display: block; width: 100%; height: 4rem; border-bottom: 1px solid var(--rule) }
.line { fill: none; stroke: var(--accent); stroke-width: 1.5; vector-effect: non-scaling-stroke }
.area { fill: var(--accent); opacity: .15 }
.legend { display: flex; flex-wrap: wrap; column-gap: .5rem; justify-content: space-between; color: var(--dim); font-size: .85rem }
.log { list-style: none; margin: 0; padding: 0; max-height: 20rem; overflow-y: auto }
.log li { display: flex; gap: .7rem; padding: .15rem 0 }
.log span { overflow-wrap: anywhere; min-width: 0 }
time { color: var(--dim); font-variant-numeric: tabular-nums }
@media (max-width: 30rem) {
  table { font-size: .8rem; white-space: normal }
  th, td { padding-right: .45rem }
  .spare { display: none }
  td .chip { font-size: .75rem; padding: 0 .4rem }
}
footer { text-align: center; color: var(--dim); font-size: .85rem; padding-bottom: 1rem }
`
