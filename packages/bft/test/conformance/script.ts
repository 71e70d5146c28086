import { SpecModel } from '@zkstack/bft/testing'
import type { SpecAction, SpecState } from '@zkstack/bft/testing'

/** A run of the specification that a test writes down: each line is a group of actions, all of which must be possible. */
export class Script {
  readonly model: SpecModel

  /** Six replicas, n0 to n5; `n<i>` leads view i. */
  constructor(faulty: readonly string[] = []) {
    const replicas = ['n0', 'n1', 'n2', 'n3', 'n4', 'n5']
    const leaders = Array.from({ length: 24 }, (_, view) => `n${view % 6}`)
    this.model = new SpecModel({ replicas, leaders, faulty })
  }

  get state(): SpecState {
    return this.model.state
  }

  take(action: SpecAction): this {
    if (!this.model.take(action)) throw new TypeError(`not possible: ${describe(action)}`)
    return this
  }

  /** The leader of its view proposes, again if there is no block. */
  propose(leader: string, block?: string): this {
    return this.take({ type: 'proposer_step', replica: leader, block })
  }

  /** Replicas vote for the last proposal. */
  vote(...replicas: readonly string[]): this {
    const message = this.state.proposals.at(-1)
    if (message === undefined) throw new TypeError('nothing was proposed')
    for (const replica of replicas) this.take({ type: 'on_proposal', replica, message })
    return this
  }

  timeout(...replicas: readonly string[]): this {
    for (const replica of replicas) this.take({ type: 'on_timer_is_finished', replica })
    return this
  }

  /** One replica gets the commits of a view from others, in that order. */
  commits(replica: string, view: bigint, from: readonly string[]): this {
    for (const name of from) {
      const message = this.state.commits.find(({ sig, vote }) => sig === name && vote.view === view)
      if (message === undefined) throw new TypeError(`${name} did not commit in view ${view}`)
      this.take({ type: 'on_commit', replica, message })
    }
    return this
  }

  /** One replica gets the timeouts of a view from others, in that order. */
  timeouts(replica: string, view: bigint, from: readonly string[]): this {
    for (const name of from) {
      const message = this.state.timeouts.find(
        ({ sig, vote }) => sig === name && vote.view === view,
      )
      if (message === undefined) throw new TypeError(`${name} did not time out in view ${view}`)
      this.take({ type: 'on_timeout', replica, message })
    }
    return this
  }

  /** Replicas get the last NewView of another. */
  newView(from: string, ...to: readonly string[]): this {
    const message = this.state.newViews.findLast(({ sig }) => sig === from)
    if (message === undefined) throw new TypeError(`${from} sent no NewView`)
    for (const replica of to) this.take({ type: 'on_new_view', replica, message })
    return this
  }
}

function describe(action: SpecAction): string {
  return action.type === 'environment' ? action.type : `${action.type} of ${action.replica}`
}
