import { schemeNames } from '../bench-case.js'
import { percent, type NetworkFigure } from './figure.js'
import { nameOf, type SyncResult } from './sync-case.js'

const rate = (value: number): string => value.toFixed(0)

/** A case as it is published. */
export function figureOf(r: SyncResult): NetworkFigure {
  const { blocks, payloadBytes, validators, scheme, backend } = r.case
  return {
    table: 'sync',
    name: nameOf(r.case),
    cells: {
      n: String(validators),
      scheme: `${schemeNames[scheme]} (${backend})`,
      payload: `${payloadBytes / 1_000} kB`,
      behind: `${blocks} blocks`,
      'blocks/s': rate(r.sync),
      'store, one by one': rate(r.storeOneByOne),
      share: percent(r.sync / r.storeOneByOne),
      'store, together': rate(r.storeTogether),
      'share of that': percent(r.sync / r.storeTogether),
      'verified and stored, no network': rate(r.withoutNetwork),
      'share of this': percent(r.sync / r.withoutNetwork),
      'verification, one thread': rate(r.verification),
    },
    values: {
      syncPerSecond: r.sync,
      storeOneByOnePerSecond: r.storeOneByOne,
      storeTogetherPerSecond: r.storeTogether,
      withoutNetworkPerSecond: r.withoutNetwork,
      verificationPerSecond: r.verification,
      mainThreadBusy: r.busy,
    },
  }
}
