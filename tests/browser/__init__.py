"""Pages as people meet them: a real Chromium, one in which a package's tests share a browser, so this folder is one."""
