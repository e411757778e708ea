import { secureHeaders } from 'hono/secure-headers';

/** The page needs nothing from elsewhere, so nothing from elsewhere is allowed. */
export function safeHeaders() {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:', 'blob:'],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
    referrerPolicy: 'no-referrer',
    // Whether this address is always reached by TLS is for the proxy in front of it to say.
    strictTransportSecurity: false,
    xFrameOptions: 'DENY',
  });
}
