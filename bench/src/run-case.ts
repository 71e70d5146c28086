import { loadCryptoBackends } from '@zkstack/crypto'
import type { BenchCase } from './bench-case.js'
import { measureCase } from './measure-case.js'

// A process of its own for each case: no case inherits the heap, the compiled code or the backend of another.
const wanted = JSON.parse(process.argv[2] ?? '') as BenchCase
const { scheme, backend } = wanted
await loadCryptoBackends({
  ...(scheme === 0 && (backend === 'noble' || backend === 'mcl') && { blsMinSig: backend }),
  ...(scheme === 1 && (backend === 'noble' || backend === 'blst') && { blsMinPk: backend }),
  ...(scheme === 2 && (backend === 'noble' || backend === 'node') && { ed25519: backend }),
})
process.stdout.write(`${JSON.stringify(await measureCase(wanted))}\n`)
