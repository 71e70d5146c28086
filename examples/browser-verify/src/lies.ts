import { systemRandom } from '@zkstack/concurrency'
import { hash32 } from '@zkstack/crypto'
import {
  decodeBlock,
  decodeCommitQC,
  encodeBlock,
  encodeCommitQC,
  genesisToJson,
  parseGenesis,
  createGenesis,
  generateValidatorKey,
  Signers,
  type CommitQC,
} from '@zkstack/roles'

/** What a server between does to what a node says. */
export interface Lie {
  /** What it does, for people. */
  readonly about: string
  readonly genesis?: (text: string) => string
  /** Undefined: it is left out. */
  readonly certificate?: (certificate: CommitQC) => CommitQC | undefined
  readonly block?: (bytes: Uint8Array) => Uint8Array
}

/** Lies tell the truth about this many blocks first, so that one sees the difference. */
export const TRUE_BLOCKS = 3

/** How the server of the page lies when it is asked to, by name. */
export function lies(): Readonly<Record<string, Lie>> {
  let seen = 0
  const after = (change: (certificate: CommitQC) => CommitQC | undefined) =>
    function (certificate: CommitQC): CommitQC | undefined {
      seen += 1
      return seen <= TRUE_BLOCKS ? certificate : change(certificate)
    }
  return {
    none: { about: 'passes on everything as it is' },
    payload: {
      about: 'names another payload than the one that was signed',
      certificate: after((certificate) => {
        const { proposal } = certificate.message
        const payload = hash32(systemRandom.bytes(32))
        return withMessage(certificate, { proposal: { ...proposal, payload } })
      }),
    },
    signature: {
      about: 'changes one bit of the signature',
      certificate: after((certificate) => {
        const signature = certificate.signature.slice()
        signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1
        return { ...certificate, signature }
      }),
    },
    signers: {
      about: 'names other validators than those who signed',
      certificate: after((certificate) => {
        const { signers } = certificate
        const [, ...others] = signers.indices()
        const absent = Array.from({ length: signers.length }, (_, i) => i).find(
          (i) => !signers.has(i),
        )
        const named = absent === undefined ? others : [...others, absent]
        return { ...certificate, signers: Signers.of(signers.length, named) }
      }),
    },
    quorum: {
      about: 'passes on certificates of too few validators',
      certificate: after((certificate) => {
        const { signers } = certificate
        const first = signers.indices().slice(0, 1)
        return { ...certificate, signers: Signers.of(signers.length, first) }
      }),
    },
    gap: {
      about: 'keeps one block to itself',
      certificate: after((certificate) => (seen === TRUE_BLOCKS + 1 ? undefined : certificate)),
    },
    body: {
      about: 'delivers a block with another payload',
      block: (bytes) => {
        const block = decodeBlock(bytes)
        return encodeBlock({ ...block, payload: new TextEncoder().encode('all coins are mine') })
      },
    },
    genesis: {
      about: 'shows another chain, with a committee of its own',
      genesis: otherGenesis,
    },
  }
}

function withMessage(certificate: CommitQC, change: Partial<CommitQC['message']>): CommitQC {
  return { ...certificate, message: { ...certificate.message, ...change } }
}

/** A chain of the same name, whose only validator is the liar. */
function otherGenesis(text: string): string {
  const genesis = parseGenesis(text)
  if (!genesis.ok) return text
  const { chainId, forkNumber, firstBlock, scheme } = genesis.value
  const key = generateValidatorKey(scheme, systemRandom)
  const forged = createGenesis({
    ...{ chainId, forkNumber, firstBlock, scheme },
    schedule: {
      validators: [{ key: key.publicKey, weight: 1n, leader: true }],
      leaderSelection: { frequency: 1n, mode: 'roundRobin' },
    },
    proofsOfPossession: scheme.needsProofOfPossession ? [key.provePossession()] : undefined,
  })
  return forged.ok ? genesisToJson(forged.value) : text
}

/** Applies a lie to the data of a server-sent event; undefined: the event is left out. */
export function lieInEvent(lie: Lie, event: string): string | undefined {
  const data = /^data: (\S+)$/m.exec(event)?.[1]
  if (data === undefined || lie.certificate === undefined) return event
  const told = lie.certificate(decodeCommitQC(Uint8Array.from(Buffer.from(data, 'base64'))))
  if (told === undefined) return undefined
  return event.replace(data, Buffer.from(encodeCommitQC(told)).toString('base64'))
}
