import type { Check, CheckResult } from '../src/chonky/check.js'
import { runCheck, type VerifierContext } from '../src/runner/verifier.js'

/** Runs a check in one go, its signatures included. */
export function runCheckAtOnce(check: Check, context: VerifierContext): CheckResult {
  const { scheme } = context.scope.schedule
  const work = runCheck(check, context)
  // What the first step resumes with is ignored.
  for (let valid = false; ;) {
    const { done, value } = work.next(valid)
    if (done === true) return value
    valid = scheme.verifyAggregate(value.claims, value.aggregate)
  }
}
