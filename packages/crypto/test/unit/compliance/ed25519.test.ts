import { describe, test } from 'vitest'
import { ed25519Scheme, loadCryptoBackends } from '../../../src/index.js'
import { schemeCompliance } from '../../../testing/index.js'

await loadCryptoBackends()

describe.each(ed25519Scheme.backends)('ed25519Scheme by %s', (backend) => {
  const scheme = ed25519Scheme.withBackend(backend) ?? ed25519Scheme.current
  test.each(schemeCompliance(scheme))('$name', ({ run }) => run())
})
