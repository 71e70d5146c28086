import { json } from '@zkstack/pessimistic-proof'
import type { CertificateStatus } from '../types/certificate-header.js'
import {
  certificateStatusErrorCodes,
  errorKindOf,
  type CertificateStatusError,
  type CertificateStatusErrorCode,
  type ErrorKind,
} from '../types/certificate-status-error.js'

/** One of several texts, written as they are. */
function literal<T extends string>(...known: readonly T[]): json.Json<T> {
  return {
    write: (value) => value,
    read(value) {
      const text = json.text.read(value)
      const found = known.find((name) => name === text)
      if (found !== undefined) return found
      throw new json.CodecFailure('BAD_VARIANT', `expected one of ${known.join(', ')}`)
    },
  }
}

const code = literal<CertificateStatusErrorCode>(...certificateStatusErrorCodes)

const flat = json.struct<CertificateStatusError>({
  kind: literal<ErrorKind>('retry', 'rebuild', 'fatal'),
  code,
  reason: json.nullable(json.text),
  message: json.text,
})

/**
 * Written flat: `{ kind, code, reason, message }`. Upstream's nested enums, `{ "Code": … }`, are read too: the name of the
 * variant inside, if there is one, becomes the reason, and the whole the message.
 */
export const statusError: json.Json<CertificateStatusError> = {
  write: (error) => flat.write(error),
  read(value) {
    if (!(value instanceof Map)) throw new json.CodecFailure('WRONG_TYPE', 'expected an object')
    const members = value as json.JsonObject
    if (members.has('code')) return flat.read(value)
    const [variant, ...others] = members
    if (variant === undefined || others.length > 0)
      throw new json.CodecFailure('BAD_VARIANT', 'expected one member that names the variant')
    const name = code.read(variant[0])
    const reason = innerName(variant[1])
    const message =
      typeof variant[1] === 'string' ? variant[1] : json.stringify(verbatim, variant[1])
    return { kind: errorKindOf(name, reason), code: name, reason, message }
  },
}

const verbatim: json.Json<json.JsonValue> = { write: (value) => value, read: (value) => value }

/** The variant of an error within an error, as serde writes enums: a text, or an object of one member. */
function innerName(value: json.JsonValue): string | undefined {
  if (!(value instanceof Map)) return undefined
  const members = value as json.JsonObject
  const inner = members.get('source') ?? value
  if (typeof inner === 'string') return inner
  const names = inner instanceof Map ? [...(inner as json.JsonObject).keys()] : []
  return names.length === 1 ? names[0] : undefined
}

const plain = json.names<Exclude<CertificateStatus['type'], 'inError'>>(
  'pending',
  'proven',
  'candidate',
  'settled',
)

const failed = json.tagged<Extract<CertificateStatus, { readonly type: 'inError' }>>({
  inError: json.struct<{ readonly error: CertificateStatusError }>({ error: statusError }),
})

/** `"Pending"`, `"Proven"`, `"Candidate"`, `"Settled"` or `{ "InError": { "error": … } }`. */
export const status: json.Json<CertificateStatus> = {
  write: (value) => (value.type === 'inError' ? failed.write(value) : plain.write(value.type)),
  read: (value) => (typeof value === 'string' ? { type: plain.read(value) } : failed.read(value)),
}
