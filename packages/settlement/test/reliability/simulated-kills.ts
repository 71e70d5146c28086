import { certificateChain, type CrashPoint } from '../../testing/index.js'
import { jobIds, storeProblems } from '../helpers/check-store.js'
import { life, settleAll, world, type World } from '../helpers/lives.js'
import { count, type Tally } from './tally.js'

/**
 * Kills a settlement node before and after every write of the life of so many certificates; with `pairs`, also at every write of the
 * life after that. Each time another process has to settle all.
 */
export async function simulatedKills(o: {
  readonly certificates: number
  readonly pairs: boolean
}): Promise<Tally> {
  const submissions = certificateChain(1, o.certificates)
  const tried: Record<string, number> = {}
  const wrong: string[] = []
  let [certificates, lost] = [0, 0]
  const end = async (w: World): Promise<void> => {
    await life(w, submissions, {}, (r) => settleAll(r, submissions))
    const settled = w.l1.transactions.filter(({ outcome }) => outcome === 'success').length
    certificates += submissions.length
    lost += Math.max(0, submissions.length - settled)
    const { length } = await jobIds(w.database)
    if (w.l1.transactions.length !== submissions.length) wrong.push('another transaction')
    if (length !== submissions.length) wrong.push(`${length} jobs`)
    wrong.push(...(await storeProblems(w.database)))
  }
  const kill = async (w: World, crash: CrashPoint): Promise<boolean> => {
    const { died } = await life(w, submissions, { crash }, (r) => settleAll(r, submissions))
    if (died) count(tried, 'kills at a write')
    return died
  }
  for (const when of ['before', 'after'] as const) {
    for (let write = 0; ; write++) {
      const w = world()
      if (!(await kill(w, { write, when }))) break
      await end(w)
      if (!o.pairs) continue
      for (let next = 0; ; next++) {
        const again = world()
        await kill(again, { write, when })
        if (!(await kill(again, { write: next, when }))) break
        await end(again)
      }
    }
  }
  return { what: 'the engine, simulated L1', tried, certificates, lost, wrong }
}
