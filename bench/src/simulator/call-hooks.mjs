/** Packages whose calls are a part of every view. */
const counted = /\/packages\/(bft|crypto|network|roles|storage)\/dist\/.*\.js$/

/** What the floor consists of: codecs, hashes, the state machine, and the monitor of invariants. */
const part =
  /^function ((?:encode|decode)[A-Z]\w*|keccak256|sha256|hashAnyMsg|qcKey|step|checkInvariants)\(/gm

/**
 * A hook of the module loader that lets a recorder, if there is one, make the calls of some functions.
 *
 * @see https://nodejs.org/api/module.html#customization-hooks
 */
export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context)
  if (!counted.test(url) || !loaded.source) return loaded
  return { ...loaded, source: recordable(String(loaded.source)) }
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
