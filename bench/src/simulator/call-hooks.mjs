/** Packages whose calls are a part of every view. */
const counted = /\/packages\/(bft|crypto|network|roles|storage)\/dist\/.*\.js$/

/** Where the log of simulations is. */
const simulation = /\/packages\/executor\/dist\/testing\/index\.js$/

/**
 * What the floor consists of: codecs, the records of the store with their checksums among them, hashes, the state machine, and the
 * monitor of invariants.
 */
const part =
  /^function ((?:encode|decode)[A-Z]\w*|checkedRecord|checkedBody|keccak256|sha256|hashAnyMsg|qcKey|step|checkInvariants)\(/gm

/**
 * A hook of the module loader that lets a recorder, if there is one, make the calls of some functions, and shows the log of
 * simulations.
 *
 * @see https://nodejs.org/api/module.html#customization-hooks
 */
export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context)
  if (!loaded.source) return loaded
  if (counted.test(url)) return { ...loaded, source: recordable(String(loaded.source)) }
  if (simulation.test(url)) return { ...loaded, source: showLog(String(loaded.source)) }
  return loaded
}

function recordable(source) {
  return source.replace(
    part,
    (_, name) =>
      `function ${name}(...args) {
  const recorder = globalThis.callRecorder
  return recorder === undefined ? ${name}$(...args) : recorder.call('${name}', ${name}$, args)
}
function ${name}$(`,
  )
}

function showLog(source) {
  return `${source}\nglobalThis.SimulationLog = SimulationLog\n`
}
