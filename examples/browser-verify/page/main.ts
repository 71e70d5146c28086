import { hash32, loadCryptoBackends, type Hash32 } from '@zkstack/crypto'
import { parseGenesisHash, type EpochChain } from '@zkstack/roles'
import { HttpChainSource } from '../src/chain-source.js'
import { followChain } from '../src/follow-chain.js'
import { Refusal } from '../src/refusal.js'
import { ChainView } from './chain-view.js'
import { byId } from './elements.js'

/** Through the server of the page itself. */
const OWN = 'chain/'

/** Between two attempts to reach the node. */
const RETRY_MS = 1_000

const view = new ChainView()
let current: AbortController | undefined

interface Wish {
  readonly node: string
  readonly genesisHash: Hash32 | undefined
  readonly withPayloads: boolean
  readonly signal: AbortSignal
}

/** How far a chain was followed, across connections. */
interface Progress {
  chain?: EpochChain
  next?: bigint
}

async function follow(wish: Wish): Promise<void> {
  const progress: Progress = {}
  for (;;) {
    try {
      await followOnce(wish, progress)
      if (wish.signal.aborted) return
      view.verdict('waiting', 'Waiting', 'The node closed the connection; trying again.')
    } catch (error) {
      if (wish.signal.aborted) return
      if (error instanceof Refusal) {
        view.refused(progress.next, error)
        return
      }
      const reason = error instanceof Error ? error.message : String(error)
      view.verdict('waiting', 'Waiting', `The node does not answer (${reason}); trying again.`)
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }
}

async function followOnce(wish: Wish, progress: Progress): Promise<void> {
  const { chain, next } = progress
  const steps = followChain({
    source: new HttpChainSource(new URL(wish.node, location.href).href, wish.signal),
    genesisHash: wish.genesisHash,
    resume: chain && { chain, next },
    withPayloads: wish.withPayloads,
    now: () => performance.now(),
  })
  for await (const step of steps) {
    if (wish.signal.aborted) return
    if (step.type === 'verified') {
      progress.next = step.certificate.message.proposal.number + 1n
      view.verified(step)
      continue
    }
    progress.chain = step.chain
    if (step.type === 'begun') view.begun(step.chain, step.isPinned)
    else view.epoch(step.chain)
  }
}

/** Starts afresh with what the form says. */
function start(): void {
  current?.abort()
  current = new AbortController()
  view.clear()
  const genesisHash = hashOf(byId<HTMLInputElement>('genesis').value.trim())
  if (genesisHash === false) {
    view.verdict('none', 'No such hash', 'The hash of a genesis has 32 bytes, in hexadecimal.')
    return
  }
  view.verdict('waiting', 'Connecting', 'Asking the node for its genesis.')
  follow({
    node: byId<HTMLInputElement>('node').value.trim() || `${OWN}none`,
    genesisHash,
    withPayloads: byId<HTMLInputElement>('payloads').checked,
    signal: current.signal,
  }).catch((error: unknown) => {
    view.verdict('none', 'This page has a fault', String(error))
  })
}

/** Undefined for no text, false for a wrong one. */
function hashOf(text: string): Hash32 | undefined | false {
  if (text === '') return undefined
  const parsed = parseGenesisHash(text)
  if (parsed.ok) return parsed.value
  const hex = /^(0x)?([0-9a-fA-F]{64})$/.exec(text)?.[2]
  if (hex === undefined) return false
  const bytes = hex.match(/../g)?.map((byte) => Number.parseInt(byte, 16)) ?? []
  return hash32(Uint8Array.from(bytes))
}

/** Reads `#node=…&genesis=…` into the form; says whether there was anything. */
function readFragment(): boolean {
  const wanted = new URLSearchParams(location.hash.slice(1))
  for (const id of ['node', 'genesis']) {
    const value = wanted.get(id)
    if (value !== null) byId<HTMLInputElement>(id).value = value
  }
  return wanted.size > 0
}

byId('form').addEventListener('submit', (event) => {
  event.preventDefault()
  start()
})
byId('lie').addEventListener('change', () => {
  byId<HTMLInputElement>('node').value = OWN + byId<HTMLSelectElement>('lie').value
  start()
})
byId('payloads').addEventListener('change', start)

await loadCryptoBackends()
if (!readFragment()) byId<HTMLInputElement>('node').value = `${OWN}none`
const { value: node } = byId<HTMLInputElement>('node')
byId('lie-option').hidden = !node.startsWith(OWN)
byId<HTMLSelectElement>('lie').value = node.slice(OWN.length)
start()
