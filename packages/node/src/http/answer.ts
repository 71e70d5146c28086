import { createHash } from 'node:crypto'
import type { NodePhase } from '@zkstack/executor'
import type { Exposition } from '../metrics/prometheus-metrics.js'
import { pageScript } from '../page/page-script.js'
import { statusPage } from '../page/status-page.js'
import type { Readiness } from '../status/readiness.js'
import type { StatusReport } from '../status/status-report.js'

/** What a request is answered with. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const common = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

const scriptHash = createHash('sha256').update(pageScript).digest('base64')

/** Nothing is loaded from anywhere, no script but our own runs, nobody may frame the page. */
const pagePolicy = [
  "default-src 'none'",
  `script-src 'sha256-${scriptHash}'`,
  "style-src 'unsafe-inline'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

function text(status: number, body: string, headers: Answer['headers'] = {}): Answer {
  const type = { 'content-type': 'text/plain; charset=utf-8' }
  return { status, headers: { ...common, ...type, ...headers }, body }
}

function json(status: number, value: unknown): Answer {
  return text(status, `${JSON.stringify(value)}\n`, { 'content-type': 'application/json' })
}

/** The answers that the status server gives. */
export const answer = {
  json,
  page: (report: StatusReport): Answer =>
    text(200, statusPage(report), {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': pagePolicy,
    }),
  metrics: ({ contentType, text: body }: Exposition): Answer =>
    text(200, body, { 'content-type': contentType }),
  /** Alive as long as it can be of any use: a restart helps a node that failed, not one that waits for peers. */
  health: (phase: NodePhase): Answer =>
    json(phase === 'failed' || phase === 'stopped' ? 503 : 200, { phase }),
  readiness: (readiness: Readiness): Answer => json(readiness.ready ? 200 : 503, readiness),
  notFound: (): Answer =>
    text(
      404,
      'not here: try /, /status.json, /metrics, /healthz, /readyz, /genesis.json, /epochs or /blocks/latest\n',
    ),
  methodNotAllowed: (): Answer =>
    text(405, 'this server only answers GET\n', { allow: 'GET, HEAD' }),
} as const
