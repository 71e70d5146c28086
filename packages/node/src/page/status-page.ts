import { headlineOf } from '../status/headline.js'
import type { StatusReport } from '../status/status-report.js'
import { committeeSection, shortKey } from './committee-section.js'
import { html, trusted, type Html } from './html.js'
import { pageScript } from './page-script.js'
import { pageStyle } from './page-style.js'
import { formatTime, happeningsSection, peersSection } from './peers-section.js'
import { plot } from './plot.js'

/** The whole page; works without scripts too, and then shows the moment of its request. */
export function statusPage(report: StatusReport): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Node ${shortKey(report.node.nodeKey)}</title>
        ${trusted(`<style>${pageStyle}</style>`)}
      </head>
      <body>
        <main>${statusContent(report)}</main>
        <footer><span id="live">shown as of the request</span></footer>
        ${scriptElement}
      </body>
    </html> `.toString()
}

/** Byte for byte what the page's policy allows, by its hash. */
const scriptElement = trusted(`<script>${pageScript}</script>`)

/** What changes with time: the page's content. */
export function statusContent(report: StatusReport): Html {
  return html`${headSection(report)} ${figuresSection(report)}
  ${committeeSection(report.committee, report.blocks)} ${latencySection(report)}
  ${peersSection(report.node.peers)} ${warningsSection(report)}
  ${happeningsSection(report.happenings)}`
}

function headSection(report: StatusReport): Html {
  const { node, readiness, diagnosis } = report
  const { mood, text } = headlineOf(node.status.phase, readiness)
  const waits = diagnosis.findings.map(({ message }) => message)
  return html`<header class="${mood}">
    <h1>${text}</h1>
    <ul>
      ${waits.map((finding) => html`<li><b>${finding}</b></li>`)}
    </ul>
    <p>${diagnosis.facts.join(' ')}</p>
    <p class="dim">
      chain ${node.genesis.chainId} · genesis
      <code title="${node.genesis.hash}">${shortKey(node.genesis.hash)}</code>
      · ${node.genesis.scheme} by ${node.genesis.backend} · node
      <code title="${node.nodeKey}">${shortKey(node.nodeKey)}</code> · ${node.addresses.join(', ')}
    </p>
  </header>`
}

function figuresSection({ node, readiness, blocks, atUtcMs }: StatusReport): Html {
  const { status } = node
  const newest = blocks.at(-1)
  const age =
    newest === undefined
      ? 'none yet'
      : `${Math.max(0, (atUtcMs - newest.atUtcMs) / 1000).toFixed(0)} s ago`
  const figures: readonly (readonly [string, string])[] = [
    ['committed', status.committed ?? '–'],
    ['on disk', status.head ?? '–'],
    ['view', status.view ?? '–'],
    ['epoch', status.epoch],
    ['last block', age],
    ['peers', String(status.peers)],
  ]
  return html`<section>
    <dl>
      ${figures.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
    <p>
      ${readiness.checks.map(
        ({ name, ok, detail }) =>
          html`<span class="chip ${ok ? 'good' : 'bad'}" title="${detail}"
            >${ok ? '✓' : '✗'} ${name}</span
          > `,
      )}
    </p>
  </section>`
}

function latencySection({ latencies }: StatusReport): Html {
  return html`<section>
    <h2>Latencies</h2>
    <div class="plots">
      ${plot({ title: 'between blocks', values: latencies.block })}
      ${plot({ title: 'view to finality', values: latencies.finality })}
      ${plot({ title: 'propose', values: latencies.propose })}
      ${plot({ title: 'verify', values: latencies.verify })}
      ${plot({ title: 'commit', values: latencies.commit })}
      ${plot({ title: 'ping', values: latencies.ping })}
    </div>
  </section>`
}

function warningsSection({ node }: StatusReport): Html | undefined {
  if (node.warnings.length === 0) return undefined
  return html`<section>
    <h2>Warnings</h2>
    <ul class="log">
      ${node.warnings.toReversed().map(
        (w) =>
          html`<li>
            <time>${formatTime(w.atUtcMs)}</time><span><b>${w.code}</b> ${w.message}</span>
          </li>`,
      )}
    </ul>
  </section>`
}
