import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { loadCryptoBackends } from '@zkstack/crypto'
import { parseCertificate, type Certificate } from '@zkstack/pessimistic-proof'
import { explainProof } from './src/explain-proof.js'
import { addressOf, readProof } from './src/read-proof.js'
import { reportText } from './src/report-text.js'

const usage = `usage: verify-proof <file> [--certificate <file>] [--signer <address>]… [--allow-old-circuits]

  <file>                  JSON with proof, publicValues, vkey, or a proof as SP1 saves it
  --certificate <file>    the certificate, JSON, that the proof should be of
  --signer <address>      who should have signed; more than once for a committee, in its order
  --allow-old-circuits    accept circuits v4 and older, which are withdrawn

Exit code 0: proven, 1: refused, 2: not readable.
`

/** Ends with a message on stderr. */
function fail(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(2)
}

/** What `attempt` gives; ends the command if it throws. */
function orFail<T>(attempt: () => T): T {
  try {
    return attempt()
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error))
  }
}

const { values, positionals } = orFail(() =>
  parseArgs({
    allowPositionals: true,
    options: {
      certificate: { type: 'string' },
      signer: { type: 'string', multiple: true },
      'allow-old-circuits': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  }),
)
const [path] = positionals
if (values.help) {
  process.stdout.write(usage)
  process.exit(0)
}
if (path === undefined) fail(usage)

function readCertificate(file: string | undefined): Certificate | undefined {
  if (file === undefined) return undefined
  const certificate = parseCertificate(orFail(() => readFileSync(file, 'utf8')))
  if (certificate.ok) return certificate.value
  return fail(`${file}: ${certificate.error.field}: ${certificate.error.message}`)
}

const file = readProof(orFail(() => readFileSync(path)))
if (!file.ok) fail(`${path}: ${file.error}`)
const certificate = readCertificate(values.certificate)
const named = (values.signer ?? []).map((text) => addressOf(text) ?? fail(`no address: ${text}`))

await loadCryptoBackends()
const report = explainProof(
  { ...file.value, signers: named.length > 0 ? named : file.value.signers },
  {
    allowOldCircuits: values['allow-old-circuits'],
    ...(certificate === undefined ? {} : { certificate }),
  },
)
process.stdout.write(`${reportText(report)}\n`)
const isProven = report.verdict === 'proven' && report.checks.every(({ holds }) => holds)
process.exitCode = isProven ? 0 : 1
