import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { errorOf, isCanceled, scope, type Ctx } from '@zkstack/concurrency'
import { audit } from './audit.js'
import { DemoError } from './demo-error.js'
import { parseOptions, usage, type DemoOptions } from './options.js'
import { picture } from './picture.js'
import { play } from './scenario.js'
import { sampleStatus } from './status.js'
import { Story, type StoryView } from './story.js'
import { withWorld, type World } from './world.js'

/** Where the demo writes, and what tests do to it. */
export interface DemoIo {
  out(text: string): void
  err(text: string): void
  readonly view: StoryView
  /** FOR TESTS: between the end of the story and its verdict. */
  beforeVerdict?(world: World): Promise<void>
}

/** Runs the demo. @returns the exit code: see `usage` */
export async function runDemo(ctx: Ctx, args: readonly string[], io: DemoIo): Promise<number> {
  const options = parseOptions(args)
  if (!options.ok) {
    io.err(`demo: ${options.error}\n`)
    return 2
  }
  if (options.value === 'help') {
    io.out(usage)
    return 0
  }
  try {
    const story = await tell(ctx, options.value, io)
    if (story.failures.length === 0) {
      io.out(`\n${story.held.length} checks held; the picture is ${options.value.picture}\n`)
      return 0
    }
    for (const failure of story.failures) io.err(`demo: does not hold: ${failure}\n`)
    return 1
  } catch (e) {
    if (isCanceled(e) && ctx.canceled) {
      io.err('demo: interrupted\n')
      return 130
    }
    const error = errorOf(e)
    io.err(`demo: ${e instanceof DemoError ? error.message : (error.stack ?? error.message)}\n`)
    return 1
  }
}

/** Shows how everything is, until cancelled. */
async function showStatus(ctx: Ctx, world: World, view: StoryView): Promise<never> {
  for (;;) {
    view.status?.(await ctx.race(sampleStatus(world)))
    await ctx.sleep(250)
  }
}

async function tell(ctx: Ctx, options: DemoOptions, io: DemoIo): Promise<Story> {
  const story = new Story(io.view, () => ctx.clock.now())
  const folder = await mkdtemp(join(tmpdir(), 'demo-settlement-'))
  try {
    await scope(ctx, (inner, tasks) =>
      withWorld(inner, { tasks, story, options, folder }, async (world) => {
        const { view } = io
        if (view.status !== undefined) tasks.spawnBackground((own) => showStatus(own, world, view))
        await play(world)
        await audit(world)
        await io.beforeVerdict?.(world)
        const { a, b } = world
        const { validators } = options
        const svg = picture(story, { validators, blocks: { A: a.blocks, B: b.blocks } })
        await mkdir(dirname(options.picture), { recursive: true })
        await writeFile(options.picture, svg)
      }),
    )
  } finally {
    io.view.close?.()
    await rm(folder, { recursive: true, force: true })
  }
  return story
}
