use council_core::journal::*;
use council_core::*;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex};

#[derive(State, Default, Clone, Debug, Serialize, Deserialize, PartialEq)]
struct Doc {
    draft: String,
    #[state(append)]
    notes: Vec<String>,
    #[state(add)]
    n: u32,
}
#[derive(Clone, Default)]
struct Mem(Arc<Mutex<Vec<(Head, Vec<Entry>, Option<(u64, String)>)>>>);
#[async_trait]
impl Journal for Mem {
    async fn append(&self, a: Append) -> Result<(), JournalError> {
        let mut m = self.0.lock().unwrap();
        if a.expected == 0 {
            m.push((a.head.unwrap(), vec![], None));
        } else {
            assert_eq!(m[0].1.len() as u64, a.expected);
            if let Some(h) = a.head {
                m[0].0 = h
            }
        }
        for e in &a.entries {
            println!("{}", e.json);
        }
        m[0].1.extend(a.entries);
        let n = m[0].1.len() as u64;
        if let Some(s) = a.snapshot {
            println!("SNAP {s}");
            m[0].2 = Some((n, s));
        }
        Ok(())
    }
    async fn read(&self, run: &str, from: ReadFrom) -> Result<Stored, JournalError> {
        let m = self.0.lock().unwrap();
        let (h, e, s) = &m[0];
        let head = RunEntry { run: run.into(), graph: h.graph.clone(), status: h.status, records: e.len() as u64 };
        Ok(match from {
            ReadFrom::Snapshot => {
                let k = s.as_ref().map_or(0, |s| s.0);
                Stored { head, snapshot: s.clone(), entries: e[k as usize..].to_vec() }
            }
            ReadFrom::Record(n) => Stored { head, snapshot: None, entries: e[n as usize..].to_vec() },
        })
    }
    async fn copy(&self, _: &str, _: u64, _: &str, _: Head) -> Result<(), JournalError> {
        todo!()
    }
}
async fn master(d: &Doc) -> NodeResult<Doc> {
    Ok(Doc::update().draft(format!("draft {}", d.n)).n(1))
}
async fn critic(d: &Doc, c: &Context<Doc>) -> NodeResult<Doc> {
    let x: u32 = c
        .once("roll", async {
            println!("ROLLED");
            Ok::<_, NodeError>(7u32)
        })
        .await?;
    let a: String = c.ask(format!("like {}?", d.draft)).await?;
    Ok(Doc::update().notes(format!("{a} {x}")))
}
async fn work(_: &Doc, i: &u32) -> NodeResult<Doc> {
    Ok(Doc::update().notes(format!("item {i}")))
}
fn graph() -> Graph<Doc> {
    let mut inner = StateGraph::<Doc>::new("inner");
    let m = inner.node("im", master);
    let c = inner.node("ic", critic);
    inner.start(m).edge(m, c).end(c);
    let inner = inner.compile().unwrap();
    let mut g = StateGraph::<Doc>::new("g");
    let m = g.node("master", master);
    let c = g.node("critic", critic);
    let w = g.worker("work", work);
    g.store_items(w);
    let s = g.node(
        "sub",
        Subgraph::new(inner, |d: &Doc| d.clone(), |d: Doc| Doc::update().notes(format!("{:?}", d.notes))).stored(),
    );
    g.start(m).edge(m, c);
    g.route(c, (m, s, w), |d, (m, s, w)| if d.n < 2 { m.into() } else { Goto::from(s).and(w.send([1, 2])) });
    g.end(s).end(w);
    g.compile().unwrap()
}
#[tokio::test]
async fn smoke() {
    let g = graph();
    let j = Mem::default();
    let mut out = g.run(Doc::default()).id("r").journal(j.clone()).pause_after(["master"]).await.unwrap();
    loop {
        match out {
            Outcome::Paused { position } => {
                let live = g.snapshot(&position).unwrap();
                let mut p = g.load(&j, "r").await.unwrap();
                assert_eq!(live, g.snapshot(&p).unwrap());
                println!("ASKS {:?}", p.asks());
                for a in p.asks() {
                    p.answer(&a.id, "yes").unwrap();
                    assert!(p.answer(&a.id, "no").is_err());
                }
                if p.asks().len() == 0 {
                    p.edit("ada", Doc::update().notes("edited"));
                }
                out = g.resume(p).journal(j.clone()).pause_after(["master"]).await.unwrap();
            }
            Outcome::Finished(s) => {
                println!("{s:?}");
                let p = g.load(&j, "r").await.unwrap();
                assert_eq!(p.state(), &s);
                println!("{:#?}", g.history(&j, "r").await.unwrap());
                g.resume(p).journal(j.clone()).await.unwrap();
                break;
            }
            o => panic!("{o:?}"),
        }
    }
}
