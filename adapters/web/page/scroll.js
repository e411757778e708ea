const NEAR_PX = 64;

/** Stays at the end while the person is there, and leaves them alone where they read. */
export function createScroll({ scroller, content, jump }) {
  let following = true;
  let top = 0;

  const toEnd = () => {
    scroller.scrollTop = scroller.scrollHeight;
  };

  function follow() {
    following = true;
    jump.hidden = true;
    toEnd();
  }

  scroller.addEventListener('scroll', () => {
    const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_PX;
    // Only who moves up leaves the end: what is below may also have grown since we scrolled there.
    following = atEnd || (following && scroller.scrollTop >= top);
    top = scroller.scrollTop;
    jump.hidden = following;
  });
  jump.addEventListener('click', () => {
    follow();
    scroller.focus({ preventScroll: true });
  });
  const observer = new ResizeObserver(() => {
    if (following) toEnd();
  });
  observer.observe(content);
  observer.observe(scroller);

  return { follow };
}
