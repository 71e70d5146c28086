import type { Clock, Logger, MetricsSink } from '@zkstack/concurrency'
import { nativeProver } from '@zkstack/pessimistic-proof'
import type { ReadinessCheck } from '@zkstack/rpc'
import { RemoteProver, type ClientTls, type SettlementNodeOptions } from '@zkstack/settlement'
import type { ProverConfig } from './settle-config.js'

/** Who proves for a node, and how one knows that it can. */
export interface ProverParts extends Disposable {
  readonly options: Pick<SettlementNodeOptions, 'prover' | 'accepts' | 'developmentVKey'>
  readonly check: ReadinessCheck
}

function aside({ setAside }: RemoteProver): string {
  return `${setAside.join(', ')} gave a wrong answer last: set aside until a good one comes`
}

/** Makes the prover that is configured. */
export function proverParts(
  config: ProverConfig,
  o: {
    readonly tls: ClientTls | undefined
    readonly clock: Clock
    readonly logger: Logger
    readonly metrics: MetricsSink
  },
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
        const serving = healths.filter((health) => health.serving.ok && health.serving.value)
        if (serving.length === 0) return `none of ${endpoints.join(', ')} serves`
        return serving.every(({ isSetAside }) => isSetAside) ? aside(prover) : undefined
      },
      note: () => (prover.setAside.length === 0 ? undefined : aside(prover)),
    },
    [Symbol.dispose]: () => {
      prover.close()
    },
  }
}
