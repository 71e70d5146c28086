import { toHex } from '@zkstack/crypto'
import type { EpochChain } from '@zkstack/roles'
import type { VerifiedBlock } from '../src/follow-chain.js'
import type { Refusal } from '../src/refusal.js'
import { millisecondsText, refusedRow, verifiedRow } from './block-row.js'
import { byId, element } from './elements.js'

const MAX_ROWS = 40

/** What the banner says. */
export type Verdict = 'none' | 'waiting' | 'verified' | 'refused'

/** Shows a chain as it is followed. */
export class ChainView {
  #chain: EpochChain | undefined
  #isPinned = false
  #blocks: VerifiedBlock[] = []
  #verified = 0

  /** Forgets everything. */
  clear(): void {
    this.#chain = undefined
    this.#blocks = []
    this.#verified = 0
    byId('list').replaceChildren()
    for (const id of ['figures', 'blocks', 'committee']) byId(id).hidden = true
  }

  verdict(verdict: Verdict, word: string, reason: string): void {
    byId('verdict').dataset['verdict'] = verdict
    byId('word').textContent = word
    byId('reason').textContent = reason
  }

  begun(chain: EpochChain, isPinned: boolean): void {
    this.#isPinned = isPinned
    this.epoch(chain)
    this.verdict('waiting', 'Following', 'Waiting for the next block.')
  }

  epoch(chain: EpochChain): void {
    this.#chain = chain
    this.#blocks = []
    for (const id of ['figures', 'blocks', 'committee']) byId(id).hidden = false
    this.#figures()
    this.#committee()
  }

  verified(block: VerifiedBlock): void {
    this.#verified += 1
    this.#blocks = [...this.#blocks, block].slice(-MAX_ROWS)
    const list = byId('list')
    list.prepend(verifiedRow(block))
    while (list.children.length > MAX_ROWS) list.lastElementChild?.remove()
    const { number } = block.certificate.message.proposal
    const trust = this.#isPinned
      ? 'from the genesis that you trust'
      : 'from the genesis that this node gave: compare its hash with one that you have from elsewhere'
    this.verdict('verified', '✓ Verified', `Block ${number} is final, ${trust}.`)
    this.#figures()
    this.#committee()
  }

  refused(number: bigint | undefined, refusal: Refusal): void {
    byId('blocks').hidden = false
    byId('list').prepend(refusedRow(number, refusal))
    const what =
      number === undefined ? 'Nothing of it is believed' : `Block ${number} is not believed`
    this.verdict(
      'refused',
      '✗ Refused',
      `${what}: ${refusal.message}. This node is no longer followed.`,
    )
  }

  #figures(): void {
    if (this.#chain === undefined) return
    const { genesis, newest } = this.#chain
    const times = this.#blocks.map(({ verifyMs }) => verifyMs).sort((a, b) => a - b)
    const median = times[Math.floor(times.length / 2)]
    const rows: readonly (readonly [string, string])[] = [
      ['verified here', String(this.#verified)],
      ['check, median', median === undefined ? '–' : millisecondsText(median)],
      ['epoch', String(newest.epoch)],
      ['quorum', `${newest.schedule.quorum} of ${newest.schedule.totalWeight}`],
      ['chain', String(genesis.chainId)],
      ['signatures', genesis.scheme.name],
      ['checked by', genesis.scheme.backend],
      ['genesis', `${toHex(genesis.hash).slice(0, 8)}…`],
    ]
    const cells = rows.map(([name, value]) =>
      element('div', '', element('dt', '', name), element('dd', '', value)),
    )
    byId('numbers').replaceChildren(...cells)
  }

  #committee(): void {
    const { schedule } = this.#chain?.newest ?? {}
    if (schedule === undefined) return
    byId('committee-about').textContent =
      `${schedule.length} validators; how many of the newest ${this.#blocks.length} certificates have their vote`
    const members = schedule.validators.map(({ key, weight }, index) => {
      const signed = this.#blocks.filter(({ certificate }) => certificate.signers.has(index)).length
      const meter = document.createElement('meter')
      meter.max = Math.max(1, this.#blocks.length)
      meter.value = signed
      meter.title = `${signed} of ${this.#blocks.length}`
      const text = element('span', 'key', toHex(key))
      text.title = toHex(key)
      return element(
        'li',
        '',
        element('span', 'height', `v${index}`),
        text,
        element('span', 'about', `weight ${weight}`),
        meter,
      )
    })
    byId('members').replaceChildren(...members)
  }
}
