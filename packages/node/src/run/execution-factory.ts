import type { ExecutionLayer, Genesis, Logger, Mempool, ValidatorSource } from '@zkstack/executor'

/** What a node gives to the module that its configuration names. */
export interface ExecutionContext {
  readonly genesis: Genesis
  /** A folder for the module alone; exists. */
  readonly dataDir: string
  /** The table `executionOptions` of the configuration, unchecked. */
  readonly options: Readonly<Record<string, unknown>>
  readonly logger: Logger
}

/** What such a module gives back; disposed of after the node has stopped. */
export interface ExecutionModule extends Partial<AsyncDisposable> {
  readonly execution: ExecutionLayer
  /** Absent: the node takes no transactions. */
  readonly mempool?: Mempool
  /** Committees that change, for a genesis that names none. Absent: the committee of the genesis, for ever. */
  readonly validators?: ValidatorSource
}

/** The default export of a module that `execution` in a configuration names. */
export type ExecutionFactory = (
  context: ExecutionContext,
) => ExecutionModule | Promise<ExecutionModule>
