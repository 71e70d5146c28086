import type { json } from '@zkstack/pessimistic-proof'
import { certificateHeaderToJson, type CertificateHeader } from '@zkstack/settlement'
import { jsonOf } from '../json-rpc/json-forms.js'

/** A header as it stands in answers. */
export function certificateHeaderJson(header: CertificateHeader): json.JsonValue {
  return jsonOf(certificateHeaderToJson(header))
}
