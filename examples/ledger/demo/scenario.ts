import { scope, type Ctx, type SeededRandom } from '@zkstack/concurrency'
import { DemoError } from './demo-error.js'
import type { Fleet } from './fleet.js'
import type { DemoOptions } from './options.js'
import { formatElapsed } from './snapshot.js'
import { blockPatienceMs, startPatienceMs, stopPatienceMs } from './timing.js'
import type { Transfers } from './transfers.js'
import type { ValidatorHandle } from './validator-handle.js'

/** What the scenario needs, and what it tells while it goes on. */
export interface ScenarioInit {
  readonly options: DemoOptions
  readonly fleet: Fleet
  readonly transfers: Transfers
  readonly random: SeededRandom
  readonly onStep: (text: string) => void
  readonly onEvent: (text: string) => void
}

/** How it went; heights are block numbers. */
export interface ScenarioResult {
  readonly victim: string
  readonly killedAt: bigint
  readonly heightAtRestart: bigint
  readonly catchUpMs: number
  readonly comparedAt: bigint
  /** The state root on which all validators agree, in hexadecimal. */
  readonly root: string
}

/** Starts all, kills one, goes on, brings it back, and compares the ledgers of all. @throws DemoError when anything is not as it should be. */
export async function runScenario(ctx: Ctx, init: ScenarioInit): Promise<ScenarioResult> {
  const { fleet, transfers } = init
  return scope(ctx, async (ctx, s) => {
    await start(ctx, init)
    let sending = true
    s.spawnBackground((ctx) => transfers.run(ctx, () => sending))
    const comeback = await killAndRestart(ctx, init)
    init.onStep(`running with all validators until ${init.options.blocks} blocks are made`)
    await fleet.untilHeight(
      ctx,
      BigInt(init.options.blocks - 1),
      blockPatienceMs(init.options.payload),
    )

    init.onStep('waiting until every transfer is final')
    sending = false
    await fleet.until(ctx, 'waiting until every transfer is final', {
      timeoutMs: blockPatienceMs(init.options.payload),
      done: () => transfers.final === transfers.sent,
    })
    const agreement = await compareRoots(ctx, init)
    init.onStep('stopping')
    await stopAll(ctx, fleet)
    return { ...comeback, ...agreement }
  })
}

async function start(ctx: Ctx, { fleet, onStep, onEvent }: ScenarioInit): Promise<void> {
  onStep(`starting ${fleet.handles.length} validators`)
  for (const handle of fleet.handles) handle.start()
  await fleet.until(ctx, 'starting the validators', {
    timeoutMs: startPatienceMs(fleet.handles.length),
    done: () => fleet.live.length === fleet.handles.length,
  })
  onEvent(`${fleet.handles.length} validators listen, each in a process of its own`)
}

async function killAndRestart(
  ctx: Ctx,
  init: ScenarioInit,
): Promise<Omit<ScenarioResult, 'comparedAt' | 'root'>> {
  const { fleet, options, onStep, onEvent } = init
  const third = BigInt(Math.floor(options.blocks / 3))
  onStep(`running; a validator will be killed at height ${third}`)
  await fleet.untilHeight(ctx, third, blockPatienceMs(init.options.payload))

  const victim = chooseVictim(init)
  const killedAt = victim.status?.committed ?? 0n
  await victim.kill()
  fleet.touch()
  onEvent(`${victim.name} was killed (SIGKILL) at height ${killedAt}`)
  onStep(`running without ${victim.name}`)
  await fleet.untilHeight(ctx, killedAt + third, blockPatienceMs(init.options.payload))

  const heightAtRestart = fleet.height ?? 0n
  onEvent(
    `the chain went on without ${victim.name} to height ${heightAtRestart}; ${victim.name} is started again`,
  )
  onStep(`${victim.name} is catching up`)
  const startedAt = ctx.clock.now()
  victim.start()
  await fleet.until(ctx, `${victim.name} catching up to height ${heightAtRestart}`, {
    timeoutMs: startPatienceMs(fleet.handles.length),
    done: () => (victim.status?.committed ?? -1n) >= heightAtRestart,
  })
  const catchUpMs = ctx.clock.now() - startedAt
  onEvent(
    `${victim.name} caught up from height ${killedAt} to ${victim.status?.committed ?? 0n} in ${formatElapsed(catchUpMs)}`,
  )
  return { victim: victim.name, killedAt, heightAtRestart, catchUpMs }
}

function chooseVictim({ fleet, random }: ScenarioInit): ValidatorHandle {
  const victim = fleet.handles[random.split('victim').uint32() % fleet.handles.length]
  if (victim === undefined) throw new DemoError('there is no validator to kill')
  return victim
}

async function compareRoots(
  ctx: Ctx,
  { options, fleet, onStep, onEvent }: ScenarioInit,
): Promise<Pick<ScenarioResult, 'comparedAt' | 'root'>> {
  const comparedAt = fleet.height ?? 0n
  onStep(`comparing the state roots of all validators at height ${comparedAt}`)
  await fleet.until(ctx, `all validators reaching height ${comparedAt}`, {
    timeoutMs: blockPatienceMs(options.payload),
    done: () => fleet.handles.every((handle) => (handle.status?.committed ?? -1n) >= comparedAt),
  })
  using limited = ctx.child({ timeoutMs: stopPatienceMs })
  const roots = await limited.race(
    Promise.all(fleet.handles.map((handle) => handle.root(comparedAt))),
  )
  const [root] = roots
  if (root === undefined || roots.some((other) => other !== root)) {
    const list = fleet.handles.map(({ name }, i) => `${name} ${roots[i] ?? 'none'}`)
    throw new DemoError(`the state roots differ at height ${comparedAt}:\n${list.join('\n')}`)
  }
  onEvent(`all validators have the state root ${root.slice(0, 16)}… at height ${comparedAt}`)
  return { comparedAt, root }
}

async function stopAll(ctx: Ctx, fleet: Fleet): Promise<void> {
  const stops = Promise.all(fleet.handles.map((handle) => handle.stop()))
  let stopped = false
  stops.then(
    () => {
      stopped = true
      fleet.touch()
    },
    () => undefined,
  )
  await fleet.until(ctx, 'stopping the validators', {
    timeoutMs: stopPatienceMs,
    done: () => stopped,
  })
}
