/** Keeps cookies as a browser does; its tabs share them. */
export class Browser {
  readonly cookies = new Map<string, string>();
  /** The last `Set-Cookie`. */
  setCookie: string | null = null;

  constructor(private readonly url: string) {}

  async visit(path: string): Promise<{ status: number; body: unknown }> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(this.url + path, { headers: cookie === '' ? {} : { cookie } });
    this.setCookie = response.headers.get('set-cookie');
    for (const line of response.headers.getSetCookie()) this.keep(line);
    return { status: response.status, body: await response.json() };
  }

  private keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    const expires = /expires=([^;]+)/i.exec(line)?.[1];
    if (value === '' || (expires && new Date(expires) <= new Date())) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}
