import { readFile, writeFile } from 'node:fs/promises'
import { errorOf } from '@zkstack/concurrency'
import { formatNodePublicKey, formatValidatorPublicKey } from '@zkstack/executor'
import type { NodeSecretKey, ValidatorSecretKey } from '@zkstack/executor'
import { formatProofOfPossession } from '@zkstack/roles'
import { ConfigError } from '../config/config-error.js'
import { ConfigTable } from '../config/config-table.js'

/** What others may know of a node: the content of `public.json`. Texts of keys. */
export interface PublicIdentity {
  readonly nodeKey: string
  /** Absent on a full node. */
  readonly validatorKey?: string
  /** Absent where the scheme needs none. */
  readonly proofOfPossession?: string
}

/** The public side of keys. */
export function publicIdentity(
  nodeKey: NodeSecretKey,
  validatorKey: ValidatorSecretKey | undefined,
): PublicIdentity {
  const node = { nodeKey: formatNodePublicKey(nodeKey.publicKey) }
  if (validatorKey === undefined) return node
  const { scheme, publicKey } = validatorKey
  const text = formatValidatorPublicKey(publicKey, scheme)
  if (!scheme.needsProofOfPossession) return { ...node, validatorKey: text }
  const proof = formatProofOfPossession(validatorKey.provePossession(), scheme)
  return { ...node, validatorKey: text, proofOfPossession: proof }
}

/** The content of `public.json`. */
export function publicIdentityText(identity: PublicIdentity): string {
  return `${JSON.stringify(identity, undefined, 2)}\n`
}

/** Writes it. @throws the platform's error, `EEXIST` when the file is there. */
export async function writePublicIdentity(path: string, identity: PublicIdentity): Promise<void> {
  await writeFile(path, publicIdentityText(identity), { flag: 'wx' })
}

/** Reads it; what the keys mean is left to the caller. @throws ConfigError */
export async function readPublicIdentity(path: string): Promise<PublicIdentity> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(path, 'utf8'))
  } catch (e) {
    throw new ConfigError('CONFIG_UNREADABLE', '', `cannot read ${path}: ${errorOf(e).message}`)
  }
  const table = new ConfigTable(value, path, ['nodeKey', 'validatorKey', 'proofOfPossession'])
  const validatorKey = table.optionalText('validatorKey')
  const proofOfPossession = table.optionalText('proofOfPossession')
  return {
    nodeKey: table.text('nodeKey'),
    ...(validatorKey === undefined ? {} : { validatorKey }),
    ...(proofOfPossession === undefined ? {} : { proofOfPossession }),
  }
}
