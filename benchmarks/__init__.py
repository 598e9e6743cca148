"""Side-by-side measurements that anyone can rerun: `make bench`."""
