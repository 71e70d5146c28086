import { err, ok, type Result } from '@zkstack/crypto'
import type { NullifierTree } from '../trees/nullifier-tree.js'
import type { SmtError } from '../trees/tree-error.js'
import type { Certificate } from '../types/certificate.js'
import type { GlobalIndex } from '../types/global-index.js'
import type { ImportedBridgeExitWitness } from '../types/multi-batch-header.js'
import type { CertificateError } from './certificate-error.js'

/** Claims a certificate's imported exits and proves each unclaimed, in the tree after those before it. */
export function proveNullifiers(
  tree: NullifierTree,
  certificate: Certificate,
): Result<
  { readonly tree: NullifierTree; readonly witnesses: readonly ImportedBridgeExitWitness[] },
  CertificateError
> {
  const witnesses: ImportedBridgeExitWitness[] = []
  let running = tree
  for (const importedBridgeExit of certificate.importedBridgeExits) {
    const { globalIndex } = importedBridgeExit
    const path = running.nonInclusionPath(globalIndex)
    if (!path.ok) return failed(path.error, globalIndex)
    const inserted = running.insert(globalIndex)
    if (!inserted.ok) return failed(inserted.error, globalIndex)
    running = inserted.value
    witnesses.push({ importedBridgeExit, nullifierPath: path.value })
  }
  return ok({ tree: running, witnesses })
}

function failed(
  source: SmtError,
  globalIndex: GlobalIndex,
): { readonly ok: false; readonly error: CertificateError } {
  return err({ code: 'NullifierPathGenerationFailed', source, globalIndex })
}
