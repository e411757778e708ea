const SECRET_KEY = /(^|_)(token|key|secret|password)s?$/i;
const URL_LOGIN = /^([a-z][a-z\d+.-]*:\/\/)[^/?#]*@/i;
const URL_SECRET = /([?&][^=&#]*(?:token|key|secret|password)=)[^&#]*/gi;
const MASK = '********';

/** Whether the value under this key may never be shown. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key.replace(/([a-z])([A-Z])/g, '$1_$2'));
}

/** A copy in which secrets are masked: by the name of their key, and logins and secrets within addresses. */
export function maskSecrets(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return value && isSecretKey(key) ? MASK : maskUrl(value);
  if (Array.isArray(value)) return value.map((item) => maskSecrets(item, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, maskSecrets(inner, name)]));
}

/** `redis://:hunter2@host` → `redis://********@host` */
export function maskUrl(text: string): string {
  return text.replace(URL_LOGIN, `$1${MASK}@`).replace(URL_SECRET, `$1${MASK}`);
}
