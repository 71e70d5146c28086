import {
  certificateToJson,
  json,
  parseCertificate,
  type Certificate,
} from '@zkstack/pessimistic-proof'

/** Any JSON, as it is. */
export const anyJson: json.Json<json.JsonValue> = {
  write: (value) => value,
  read: (value) => value,
}

/** A certificate as `interop_sendCertificate` takes it. */
export const certificateJson: json.Json<Certificate> = {
  write: (certificate) => jsonOf(certificateToJson(certificate)),
  read(value) {
    const parsed = parseCertificate(json.stringify(anyJson, value))
    if (parsed.ok) return parsed.value
    const { code, field, message } = parsed.error
    throw new json.CodecFailure(code, field === '' ? message : `${field}: ${message}`)
  },
}

/** The value of a JSON text that this library wrote. */
export function jsonOf(text: string): json.JsonValue {
  const parsed = json.parse(anyJson, text)
  if (parsed.ok) return parsed.value
  throw new TypeError(`no JSON: ${parsed.error.message}`)
}
