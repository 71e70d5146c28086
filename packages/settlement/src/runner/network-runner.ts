import { Channel, scope, type Ctx, type Scope } from '@zkstack/concurrency'
import type { CertificateEvent, NetworkEffect } from '../certificates/network-effect.js'
import type { NetworkInput } from '../certificates/network-input.js'
import {
  initialNetworkState,
  type NetworkMachineOptions,
  type NetworkMachineState,
} from '../certificates/network-state.js'
import { step } from '../certificates/step.js'
import { EffectRunner, type EffectRunnerOptions } from './effect-runner.js'
import type { BackupRequests } from './ports.js'

/** What a {@link NetworkRunner} is made of. */
export interface NetworkRunnerOptions extends EffectRunnerOptions {
  readonly machine: NetworkMachineOptions
  readonly backups?: BackupRequests | undefined
  /** Told of every event, in order; must not throw. */
  readonly onEvent?: ((networkId: number, event: CertificateEvent) => void) | undefined
}

/** Gives one network's machine time, disk, prover and L1. */
export class NetworkRunner {
  readonly #o: NetworkRunnerOptions
  readonly #inputs = new Channel<NetworkInput>(Infinity)
  #state: NetworkMachineState | undefined
  #cancelTimer: (() => void) | undefined

  constructor(o: NetworkRunnerOptions) {
    this.#o = o
  }

  /** Where the network stands; `undefined` before it runs. */
  get state(): NetworkMachineState | undefined {
    return this.#state
  }

  /**
   * Whether another certificate may take the place of the current one that is in error: nothing is under way, and L1 was seen not
   * to have settled it.
   */
  get isReplaceable(): boolean {
    return this.#state?.activity === 'idle' && this.#inputs.size === 0
  }

  /** Tells the network's machine of something. */
  tell(
    input: Extract<
      NetworkInput,
      { readonly type: 'submitted' | 'disabled' | 'enabled' | 'epochStarted' }
    >,
  ): void {
    this.#inputs.trySend(input)
  }

  /**
   * Settles the network's certificates until cancelled.
   * @throws SettlementStorageError when storage fails: start again from what is stored.
   */
  async run(ctx: Ctx): Promise<never> {
    const { networkId, store, machine } = this.#o
    this.#state = initialNetworkState(await store.settledNetwork(networkId), machine)
    const effects = new EffectRunner(this.#o)
    try {
      return await scope(ctx, async (inner, tasks) => {
        let input: NetworkInput = { type: 'started' }
        for (;;) {
          this.#apply(input, { effects, tasks })
          input = await this.#inputs.receive({ signal: inner.signal })
        }
      })
    } finally {
      this.#cancelTimer?.()
    }
  }

  #apply(input: NetworkInput, o: { readonly effects: EffectRunner; readonly tasks: Scope }): void {
    if (this.#state === undefined) return
    const { state, effects } = step(this.#state, input)
    this.#state = state
    for (const effect of effects) this.#carryOut(effect, o)
  }

  #carryOut(
    effect: NetworkEffect,
    { effects, tasks }: { readonly effects: EffectRunner; readonly tasks: Scope },
  ): void {
    switch (effect.type) {
      case 'report':
        return this.#o.onEvent?.(this.#o.networkId, effect.event)
      case 'backup':
        return this.#o.backups?.request()
      case 'startTimer':
        return this.#startTimer(effect.delayMs)
      default:
        tasks.spawnBackground(async (ctx) => {
          this.#inputs.trySend(await effects.answer(effect, { signal: ctx.signal }))
        })
    }
  }

  #startTimer(delayMs: number): void {
    const { clock } = this.#o
    this.#cancelTimer?.()
    this.#cancelTimer = clock.setTimer(clock.now() + delayMs, () => {
      this.#inputs.trySend({ type: 'retryDue' })
    })
  }
}
