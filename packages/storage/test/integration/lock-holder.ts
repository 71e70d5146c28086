// Opens a store, says so, and keeps it open until it is killed; or says why it could not.
import { writeSync } from 'node:fs'
import { levelStore, StorageError } from '../../src/index.js'

try {
  const store = await levelStore(process.argv[2] ?? '')
  writeSync(1, 'open\n')
  setInterval(() => store.range(), 1_000)
} catch (e) {
  writeSync(1, `${e instanceof StorageError ? e.code : String(e)}\n`)
}
