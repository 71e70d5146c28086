import type { StatusReport } from '../status/status-report.js'

const TIMEOUT_MS = 5_000

/** A committee of hundreds fits several times. */
const MAX_REPORT_CHARS = 16 * 1024 * 1024

/** Asks a status server for its report. @param url its address. @throws Error when there is no answer, or another one. */
export async function fetchReport(url: string): Promise<StatusReport> {
  const response = await fetch(new URL('status.json', url), {
    signal: AbortSignal.timeout(TIMEOUT_MS),
    redirect: 'error',
  })
  if (!response.ok) throw new Error(`it answers ${response.status}`)
  const text = await response.text()
  if (text.length > MAX_REPORT_CHARS) throw new Error('the answer is too long')
  const report: unknown = JSON.parse(text)
  if (typeof report === 'object' && report !== null && 'readiness' in report)
    return report as StatusReport
  throw new Error('the answer is no status of a node')
}
