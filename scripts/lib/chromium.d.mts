/** A headless Chromium. */
export interface Chromium {
  newPage(): Promise<ChromiumPage>
  close(): Promise<void>
}

/** One tab of it. */
export interface ChromiumPage {
  readonly messages: readonly string[]
  goto(url: string): Promise<void>
  evaluate(expression: string): Promise<unknown>
  waitFor(expression: string, timeoutMs?: number): Promise<unknown>
  chooseFiles(selector: string, files: readonly string[]): Promise<void>
  setViewport(width: number, height: number): Promise<void>
  screenshot(): Promise<Buffer>
  close(): Promise<void>
}

export function chromiumPath(): string | undefined
export function openChromium(): Promise<Chromium>
