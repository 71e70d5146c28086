import { decodeEpochRecords, EpochChain, type EpochRecord, type Genesis } from '@zkstack/roles'

const TIMEOUT_MS = 10_000

/** A hundred committees of hundreds fit. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024

/**
 * The epochs of a chain as a node's server tells them, from the first one to `upTo` or to the last that it has. Each is verified by the
 * committee before; the first one is believed, unless the genesis names it.
 *
 * @param url the address of the server.
 * @throws Error when there is no answer, one that cannot be read, or one whose epochs do not follow from each other.
 */
export async function fetchEpochs(
  url: string,
  genesis: Genesis,
  upTo: bigint,
): Promise<EpochChain> {
  const [first, ...rest] = await fetchRecords(url, genesis, 0n)
  const begun = EpochChain.begin(genesis, first)
  if (!begun.ok) throw new Error(`its first epoch is not one of this genesis: ${begun.error.code}`)
  let chain = extend(begun.value, rest)
  for (;;) {
    const { epoch } = chain.newest
    if (epoch >= upTo) return chain
    chain = extend(chain, await fetchRecords(url, genesis, epoch + 1n))
    if (chain.newest.epoch === epoch) return chain
  }
}

function extend(chain: EpochChain, records: readonly EpochRecord[]): EpochChain {
  let longer = chain
  for (const record of records) {
    const extended = longer.extend(record)
    if (!extended.ok)
      throw new Error(`epoch ${record.epoch} does not follow: ${extended.error.code}`)
    longer = extended.value
  }
  return longer
}

async function fetchRecords(
  url: string,
  { scheme }: Genesis,
  from: bigint,
): Promise<EpochRecord[]> {
  const response = await fetch(new URL(`epochs?from=${from}`, url), {
    signal: AbortSignal.timeout(TIMEOUT_MS),
    redirect: 'error',
  })
  if (!response.ok) throw new Error(`it answers ${response.status}`)
  return decodeEpochRecords(await bytesOf(response), scheme)
}

async function bytesOf({ body }: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  const reader = body?.getReader()
  try {
    for (;;) {
      const part = await reader?.read()
      if (part?.value === undefined) return new Uint8Array(Buffer.concat(parts, length))
      length += part.value.length
      if (length > MAX_ANSWER_BYTES) throw new Error('the answer is too long')
      parts.push(part.value)
    }
  } finally {
    await reader?.cancel()
  }
}
