import type { Logger } from '@zkstack/concurrency'
import { json } from '@zkstack/pessimistic-proof'
import { anyJson } from '../json-rpc/json-forms.js'
import type { RpcMethod, RpcMethods } from '../json-rpc/rpc-method.js'

/** Methods that only show something. */
const isRead = (name: string): boolean => /^admin_(get|list)/.test(name)

/** Of the parameters, as much as a line of the log holds; a certificate has megabytes. */
const maxParamsLength = 500

/** The same methods; who calls one that changes something stands in the log before it is done, and what came of it after. */
export function audited(methods: RpcMethods, logger: Logger): RpcMethods {
  return new Map(
    Array.from(methods, ([name, method]) => [
      name,
      isRead(name) ? method : auditedMethod(name, method, logger),
    ]),
  )
}

function auditedMethod(method: string, handle: RpcMethod, logger: Logger): RpcMethod {
  return async (params, o) => {
    const text = json.stringify(anyJson, params)
    const about = {
      method,
      caller: o.caller ?? 'unknown',
      params: text.length > maxParamsLength ? `${text.slice(0, maxParamsLength)}…` : text,
    }
    logger.warn('an operator acts', about)
    const result = await handle(params, o)
    logger.warn('an operator acted', {
      ...about,
      outcome: result.ok ? 'done' : `${result.error.code}: ${result.error.message}`,
    })
    return result
  }
}
