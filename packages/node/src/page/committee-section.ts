import type { CommitteeMember, CommitteeView, VoteState } from '../status/committee.js'
import type { SeenBlock } from '../status/journal.js'
import { html, type Html } from './html.js'
import { formatMs } from './plot.js'

const VOTES: Readonly<Record<VoteState, readonly [style: string, text: string]>> = {
  committed: ['good', 'voted'],
  unchecked: ['good', 'voted, unchecked'],
  timedOut: ['busy', 'timed out'],
  ahead: ['busy', 'in a later view'],
  silent: ['dim', 'no vote yet'],
  unknown: ['dim', 'not followed'],
}

/** A key or hash, shortened in the middle of its hexadecimal part. */
export function shortKey(text: string): string {
  const at = text.lastIndexOf(':') + 1
  const hex = text.slice(at)
  return hex.length > 20 ? `${hex.slice(0, 8)}…${hex.slice(-6)}` : hex
}

/** The committee: who is connected, who leads, who voted. */
export function committeeSection(
  committee: CommitteeView,
  blocks: readonly SeenBlock[],
): Html | undefined {
  const { members, connectedWeight, totalWeight, quorum } = committee
  if (members.length === 0) return undefined
  return html`<section>
    <h2>Committee</h2>
    <p class="dim">
      Connected to weight ${connectedWeight} of
      ${totalWeight}${quorum === undefined ? '' : `; a quorum is ${quorum}`}.
    </p>
    <div class="wide">
      <table>
        <thead>
          <tr>
            <th>validator</th>
            <th>this view</th>
            <th>link</th>
            <th>signed</th>
            <th class="spare">weight</th>
            <th class="spare">key</th>
          </tr>
        </thead>
        <tbody>
          ${members.map((member) => row(member, blocks))}
        </tbody>
      </table>
    </div>
  </section>`
}

function row(m: CommitteeMember, blocks: readonly SeenBlock[]): Html {
  const signed = blocks.filter(({ signers }) => signers.includes(m.index)).length
  const [style, text] = VOTES[m.vote]
  const link = m.isSelf ? 'this node' : m.connected ? formatMs(m.rttMs) : 'not connected'
  const marks = `${m.isLeader ? ' ★' : ''}${m.blamed ? ' ⚠' : ''}`
  const title = [m.isLeader ? 'leads this view' : '', m.blamed ? 'failed a check' : '']
  return html`<tr>
    <td title="${title.filter(Boolean).join(', ')}">v${m.index}${marks}</td>
    <td><span class="chip ${style}">${text}</span></td>
    <td class="${m.connected ? '' : 'bad'}">${link}</td>
    <td title="certificates of the newest ${blocks.length} blocks that have its vote">
      ${signed}/${blocks.length}
    </td>
    <td class="spare">${m.weight}</td>
    <td class="spare" title="${m.key}"><code>${shortKey(m.key)}</code></td>
  </tr>`
}
