import type { PeerSnapshot } from '@zkstack/executor'
import type { Happening } from '../status/journal.js'
import { shortKey } from './committee-section.js'
import { html, type Html } from './html.js'
import { formatMs } from './plot.js'

/** Who is connected. */
export function peersSection(peers: readonly PeerSnapshot[]): Html {
  return html`<section>
    <h2>Peers <small>${peers.length}</small></h2>
    ${peers.length === 0 ? html`<p class="dim">Nobody is connected.</p>` : peerTable(peers)}
  </section>`
}

function peerTable(peers: readonly PeerSnapshot[]): Html {
  return html`<div class="wide">
    <table>
      <thead>
        <tr>
          <th>node</th>
          <th>address</th>
          <th>link</th>
          <th>blocks</th>
          <th class="spare">version</th>
        </tr>
      </thead>
      <tbody>
        ${peers.map(
          (peer) =>
            html`<tr>
              <td title="${peer.peerId}"><code>${shortKey(peer.key)}</code></td>
              <td>${peer.direction === 'inbound' ? '← ' : '→ '}${peer.address}</td>
              <td>${formatMs(peer.rttMs)}</td>
              <td>${peer.range && `${peer.range.first}–${BigInt(peer.range.next) - 1n}`}</td>
              <td class="spare">${peer.buildVersion}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

/** What happened to peers and views, newest first, with reasons. */
export function happeningsSection(happenings: readonly Happening[]): Html {
  const newest = happenings.toReversed()
  return html`<section>
    <h2>What happened</h2>
    ${newest.length === 0 ? html`<p class="dim">Nothing yet.</p>` : undefined}
    <ul class="log">
      ${newest.map(
        (h) =>
          html`<li>
            <time>${formatTime(h.atUtcMs)}</time>
            <span
              >${h.kind} <code title="${h.subject}">${shortKey(h.subject)}</code> ${h.reason}</span
            >
          </li>`,
      )}
    </ul>
  </section>`
}

/** UTC, to the second. */
export function formatTime(utcMs: number): string {
  return new Date(utcMs).toISOString().slice(11, 19)
}
