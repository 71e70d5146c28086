import type { Clock, Logger, MetricsSink } from '@zkstack/concurrency'
import { nativeProver } from '@zkstack/pessimistic-proof'
import type { ReadinessCheck } from '@zkstack/rpc'
import { RemoteProver, type SettlementNodeOptions } from '@zkstack/settlement'
import type { ProverConfig } from './settle-config.js'

/** Who proves for a node, and how one knows that it can. */
export interface ProverParts extends Disposable {
  readonly options: Pick<SettlementNodeOptions, 'prover' | 'accepts' | 'developmentVKey'>
  readonly check: ReadinessCheck
}

/** Makes the prover that is configured. */
export function proverParts(
  config: ProverConfig,
  o: { readonly clock: Clock; readonly logger: Logger; readonly metrics: MetricsSink },
): ProverParts {
  if (config.type === 'native') {
    const { developmentVKey } = config
    return {
      options: { prover: nativeProver(), accepts: { type: 'native' }, developmentVKey },
      check: { name: 'prover', problem: () => Promise.resolve(undefined) },
      [Symbol.dispose]: () => undefined,
    }
  }
  const { endpoints, accepts, timeoutMs } = config
  const prover = new RemoteProver({ endpoints, accepts, timeoutMs, ...o })
  return {
    options: {
      prover,
      accepts,
      developmentVKey: accepts.type === 'native' ? accepts.developmentVKey : undefined,
    },
    check: {
      name: 'prover',
      async problem(call) {
        const healths = await prover.health(call)
        if (healths.some(({ serving }) => serving.ok && serving.value)) return undefined
        return `none of ${healths.map(({ endpoint }) => endpoint).join(', ')} serves`
      },
    },
    [Symbol.dispose]: () => {
      prover.close()
    },
  }
}
