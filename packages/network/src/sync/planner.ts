import { SyncDraft } from './sync-draft.js'
import type { SyncConfig, SyncEffect, SyncInput, SyncState } from './sync-state.js'

/** A planner that knows no peers and holds everything below `next`. @throws RangeError for bounds that are not positive, or too tight. */
export function initialSyncState(next: bigint, config: SyncConfig): SyncState {
  for (const [name, value] of Object.entries(config)) {
    if (!(value > 0)) throw new RangeError(`${name} must be positive, is ${value}`)
  }
  if (config.windowBytes < 3 * config.answerBytes)
    throw new RangeError('windowBytes must have room for three answers')
  return {
    config,
    next,
    peers: new Map(),
    heights: new Map(),
    requests: 0,
    graceMs: 0,
    settled: next,
    marks: [],
  }
}

/**
 * Makes one step of the sync. In every state it returns, each height of [next, target) is pending, being
 * fetched or verified, or done: none is ever forgotten. O(window + peers).
 */
export function planSync(
  state: SyncState,
  input: SyncInput,
): { readonly state: SyncState; readonly effects: SyncEffect[] } {
  const draft = new SyncDraft(state, input.now)
  draft.apply(input)
  draft.fillWindow()
  draft.assign()
  return { state: draft.finish(), effects: draft.effects }
}

/** When a `tick` is due although nothing else happens, in monotonic milliseconds; undefined: never. */
export function nextSyncWake(state: SyncState, now: number): number | undefined {
  let wake: number | undefined
  for (const height of state.heights.values()) {
    let at = now
    if (height.type === 'pending') at = height.notBefore
    if (height.type === 'fetching') {
      const [only, second] = height.fetches
      if (only && !second) at = only.since + state.config.hedgeMs
    }
    if (at > now && (wake === undefined || at < wake)) wake = at
  }
  return wake
}
