import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { systemRandom } from '@zkstack/concurrency'
import { loadCryptoBackends } from '@zkstack/crypto'
import { generateNodeKey, generateValidatorKey } from '@zkstack/executor'
import { publicIdentity, publicIdentityText } from '../../keys/public-identity.js'
import { schemeNames, schemeOf } from '../../keys/schemes.js'
import { writeNewFiles, type NewFile } from '../../keys/write-new-files.js'
import { exitCodes, type Command } from '../command.js'

/** `zkstack keygen` */
export const keygen: Command = {
  name: 'keygen',
  summary: 'Makes the keys of a node.',
  about: `Writes node.key, validator.key (both secret, readable by you alone) and public.json, which
'zkstack genesis' takes: public keys and the proof that you hold the secret. Never overwrites.`,
  options: [
    { name: 'out', value: '<folder>', help: 'where to write', fallback: '.' },
    {
      name: 'scheme',
      value: '<name>',
      help: 'bls12_381, bls12_381_min_pk or ed25519: that of the chain',
      fallback: 'bls12_381',
    },
    { name: 'full-node', help: 'only a node key: it follows the chain and never votes' },
    { name: 'json', help: 'print public.json' },
  ],
  examples: [
    { line: 'zkstack keygen --out keys', does: 'the keys of a validator' },
    { line: 'zkstack keygen --out keys --scheme ed25519 --json', does: 'of a chain with Ed25519' },
    { line: 'zkstack keygen --out keys --full-node', does: 'the key of a node that does not vote' },
  ],
  async run(args, io) {
    await loadCryptoBackends()
    const scheme = schemeOf(args.oneOf('scheme', schemeNames))
    const folder = args.required('out')
    const nodeKey = generateNodeKey(systemRandom)
    const validatorKey = args.has('full-node')
      ? undefined
      : generateValidatorKey(scheme, systemRandom)
    await mkdir(folder, { recursive: true })
    const identity = publicIdentity(nodeKey, validatorKey)
    const path = join(folder, 'public.json')
    await writeNewFiles([
      secret(join(folder, 'node.key'), nodeKey.exposeText()),
      ...(validatorKey === undefined
        ? []
        : [secret(join(folder, 'validator.key'), validatorKey.exposeText())]),
      { path, text: publicIdentityText(identity) },
    ])
    io.out(
      args.has('json')
        ? `${JSON.stringify(identity)}\n`
        : `${identity.nodeKey}\n${identity.validatorKey === undefined ? '' : `${identity.validatorKey}\n`}`,
    )
    io.err(`keys and ${path} are written; keep the .key files secret\n`)
    return exitCodes.ok
  },
}

function secret(path: string, text: string): NewFile {
  return { path, text: `${text}\n`, mode: 0o600 }
}
