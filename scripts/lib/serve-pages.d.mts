/** Pages that this machine alone can load. */
export interface PageServer {
  readonly url: string
  close(): Promise<void>
}

export function servePages(
  pages: Readonly<Record<string, string>>,
  folders?: Readonly<Record<string, string>>,
): Promise<PageServer>
