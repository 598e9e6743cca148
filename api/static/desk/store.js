// The desk's memory in IndexedDB: «desk» (the lock), «stacks» (counts by round and unit), «codes» (each sealed, under a random name).
// A change is on disk as a whole when its promise resolves (`durability: "strict"`), or not at all.

const NAME = "dauys-desk";
const VERSION = 1;

export async function openStore() {
  const request = indexedDB.open(NAME, VERSION);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("desk");
    request.result.createObjectStore("stacks", { keyPath: ["round", "unit"] });
    request.result.createObjectStore("codes");
  };
  const connection = await done(request);
  connection.onversionchange = () => connection.close();
  return new Store(connection);
}

class Store {
  #connection;

  constructor(connection) {
    this.#connection = connection;
  }

  /** `question` of one object store: `read("stacks", (stacks) => stacks.getAll())`. */
  read(name, question) {
    return done(question(this.#connection.transaction(name).objectStore(name)));
  }

  /** All that `work` asks of these object stores, in one transaction; it may not wait for anything else in between. */
  change(names, work) {
    const transaction = this.#connection.transaction(names, "readwrite", { durability: "strict" });
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
      work(...names.map((name) => transaction.objectStore(name)));
    });
  }
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
